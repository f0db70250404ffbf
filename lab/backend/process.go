package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"github.com/tlslab/tlslab/lab/clock"
)

// WaitDelay is how long a command that has ended may hold back its output
// because a process that it left behind keeps the pipe open.
const WaitDelay = 2 * time.Second

// Run runs c beside this process to its end, as [Machine.Run] has it. It can
// kill no process of c that leaves c's process group, nor, on systems other
// than Linux, what c leaves behind in it.
//
// With a terminal as its Stdin the command stays in this process's group, in
// which it may read from the terminal; a shell then makes groups of its own.
func Run(ctx context.Context, c Command) (exit int, err error) {
	path, err := LookPath(c)
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, path, c.Args[1:]...)
	cmd.Args[0] = c.Args[0]
	cmd.Dir = c.Dir
	cmd.Env = append([]string{}, c.Env...) // never nil, which would mean this process's own
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.WaitDelay = WaitDelay

	kill := killGroup
	if isTerminal(c.Stdin) {
		kill = (*os.Process).Kill
	} else {
		ownGroup(cmd)
	}
	var cancelled atomic.Bool
	cmd.Cancel = func() error {
		cancelled.Store(true)
		return kill(cmd.Process)
	}

	wait, err := startAt(cmd, c.Clock)
	if ctx.Err() != nil && err != nil {
		return 0, context.Cause(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("running %s in %s: %w", c.Args[0], c.Dir, err)
	}
	err = wait()
	var ended *exec.ExitError
	switch {
	case cancelled.Load():
		return 0, context.Cause(ctx)
	case err == nil, errors.As(err, &ended), errors.Is(err, exec.ErrWaitDelay):
		return exitStatus(cmd.ProcessState), nil
	}
	return 0, fmt.Errorf("running %s: %w", c.Args[0], err)
}

// Start starts cmd such that it cannot outlive this process, even after kill
// -9: on Linux the kernel kills it (PR_SET_PDEATHSIG). Elsewhere nothing can
// promise that, and Start is cmd.Start. The caller calls wait, once, which is
// cmd.Wait; it also kills what is left of a process group of cmd's own.
func Start(cmd *exec.Cmd) (wait func() error, err error) { return startAt(cmd, 0) }

// startAt is [Start] with a clock that is ahead by offset. Where that is not
// 0, nothing that cmd starts outlives it or this process.
func startAt(cmd *exec.Cmd, offset time.Duration) (wait func() error, err error) {
	dieWithParent(cmd)
	started, ended := make(chan error), make(chan error, 1)
	go func() {
		// The signal is sent when the thread that forked ends, not the
		// process (golang.org/issue/27505), so the thread stays until then.
		// It is also the only one that can set a clock.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		wait, err := startHere(cmd, offset)
		started <- err
		if err == nil {
			ended <- wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return func() error { return <-ended }, nil
}

// startHere starts cmd from the calling thread, which is to call wait.
func startHere(cmd *exec.Cmd, offset time.Duration) (wait func() error, err error) {
	if offset != 0 {
		return clock.Start(cmd, offset)
	}
	return func() error { endGroup(cmd); return cmd.Wait() }, cmd.Start()
}

func isTerminal(stdin any) bool {
	f, ok := stdin.(*os.File)
	return ok && f != nil && term.IsTerminal(int(f.Fd()))
}
