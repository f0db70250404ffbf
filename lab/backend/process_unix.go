//go:build unix

package backend

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// ownGroup makes cmd the leader of a new process group, so that what it starts
// can be killed with it. Where this process has a terminal it is of a new
// session too, so that cmd has none: git would ask for a password there
// (/dev/tty) and, being in the background, be stopped by SIGTTOU for good. A
// session costs about half a millisecond, since Linux schedules each as a group
// (sched(7), autogroup).
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	if hasTerminal() {
		cmd.SysProcAttr.Setsid = true
	} else {
		cmd.SysProcAttr.Setpgid = true
	}
}

// hasTerminal says whether this process has a controlling terminal (tty(4)).
var hasTerminal = sync.OnceValue(func() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	_ = tty.Close()
	return true
})

func killGroup(leader *os.Process) error {
	err := syscall.Kill(-leader.Pid, syscall.SIGKILL)
	if err == syscall.ESRCH {
		return os.ErrProcessDone
	}
	return err
}

func exitStatus(state *os.ProcessState) int {
	if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
