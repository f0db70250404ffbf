package scratch

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// endProcesses kills what still runs with the mark of the folder at path: the
// children of commands whose harness was killed. It returns when they are gone.
func endProcesses(path string) {
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range environments {
		// Those of other users cannot be read.
		environ, err := os.ReadFile(file)
		if err != nil || !marked(environ, path) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			end(pid, path)
		}
	}
}

func marked(environ []byte, path string) bool {
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		if string(variable) == Mark+"="+path {
			return true
		}
	}
	return false
}

// end kills a process by a descriptor of it. The mark is looked at again with
// the descriptor in hand, since the number may be another process's by then.
func end(pid int, path string) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(process)
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil || !marked(environ, path) || unix.PidfdSendSignal(process, unix.SIGKILL, nil, 0) != nil {
		return
	}
	gone := []unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}
	_, _ = unix.Poll(gone, 5000) // a process in the kernel's hands ends later
}
