package clock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tlslab/tlslab/lab/clock/tracer"
)

// self is the running program, also where its file has been replaced.
const self = "/proc/self/exe"

// Available is nil where [Start] works, and else says what forbids it and what
// to do. It really tries, once a process, and is safe for concurrent use.
var Available = sync.OnceValue(func() error {
	return Probe(func(path string, argv []string, offset time.Duration) (string, error) {
		var stdout bytes.Buffer
		err := runLocked(&exec.Cmd{Path: path, Args: argv, Env: []string{}, Stdout: &stdout}, offset)
		return stdout.String(), err
	})
})

func runLocked(cmd *exec.Cmd, offset time.Duration) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wait, err := Start(cmd, offset)
	if err != nil {
		return err
	}
	return wait()
}

// Start starts cmd with a clock that is ahead by offset, and so everything
// that it starts. The caller calls wait once, which waits for cmd as cmd.Wait
// does and then returns what that returns. When cmd has ended, all that it
// started and that still runs is killed first; all is killed, too, when this
// process ends in whatever way.
//
// The calling goroutine is locked to its thread (runtime.LockOSThread) and
// stays so until wait, which it calls itself, has returned. Nobody else waits
// for cmd.
func Start(cmd *exec.Cmd, offset time.Duration) (wait func() error, err error) {
	patch, err := Patch(offset)
	if err != nil {
		return nil, err
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Ptrace = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // for as long as it is not traced for good
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := patch.Begin(cmd.Process.Pid); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // reaps it; that it was killed is no news
		return nil, err
	}
	return func() error { return patch.Follow(cmd.Process.Pid, cmd.Wait) }, nil
}

// wrong is how far the clock of a [Probe] is off.
const wrong = 1000 * 24 * time.Hour

// Probe tries whether clocks can be set where run runs a program: with argv
// and a clock that is ahead by offset, returning its standard output. The
// error says what forbids it and what to do, and wraps run's.
func Probe(run func(path string, argv []string, offset time.Duration) (stdout string, err error)) error {
	before := time.Now().Unix()
	printed, err := run(self, []string{tracer.Name}, wrong)
	after := time.Now().Unix()
	if err != nil {
		return explain(err, "/proc/sys/kernel/yama/ptrace_scope")
	}
	shown, err := strconv.ParseInt(printed, 10, 64)
	if err != nil {
		return fmt.Errorf("a program that must print its clock printed %q", printed)
	}
	if ahead := int64(wrong / time.Second); shown < before+ahead || shown > after+ahead {
		return fmt.Errorf("a program whose clock should be ahead by %v has one that is ahead by %v",
			wrong, time.Duration(shown-before)*time.Second)
	}
	return nil
}

// explain adds to the error of a clock that could not be set what forbids it,
// where scope is the file of Yama's setting.
func explain(err error, scope string) error {
	if !errors.Is(err, fs.ErrPermission) { // EPERM and EACCES
		return fmt.Errorf("no process's clock can be set: %w", err)
	}
	why := "a seccomp profile, or something that traces this program already; " +
		"in a container, start it with --security-opt seccomp=unconfined"
	if value, readErr := os.ReadFile(scope); readErr == nil {
		if level := strings.TrimSpace(string(value)); level == "2" || level == "3" {
			why = "kernel.yama.ptrace_scope is " + level + ": set it with `sysctl kernel.yama.ptrace_scope=1`, as root" +
				map[string]string{"3": ", in /etc/sysctl.d, and start the machine anew"}[level]
		}
	}
	return fmt.Errorf("no process's clock can be set: ptrace(2) is forbidden by %s (%w)", why, err)
}
