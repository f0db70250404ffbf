package tracer

import (
	"errors"
	"os"
	"syscall"
)

// Follow lets the process pid, after [Patch.Begin], and everything that it
// starts go on until pid has ended, and kills the rest. When that has ended as
// well it calls reap, which reaps pid and whose error it returns. It touches
// no other child of the program; nothing else may wait for pid before reap.
func (p Patch) Follow(pid int, reap func() error) error {
	family := map[int]bool{pid: true} // whoever has ever stopped
	for {
		e, err := peek(idAll, 0, tracees|waitExited|waitStopped)
		switch {
		case err != nil:
			kill(family)
			return errors.Join(os.NewSyscallError("waitid", err), reap())
		case e.stopped:
			family[e.pid] = true
			p.Resume(e.pid, e.status)
		case e.pid != pid:
			delete(family, e.pid)
			_, _ = syscall.Wait4(e.pid, nil, tracees|syscall.WNOHANG, nil) // else its parent does not get to know
		default:
			kill(family)
			err := reap()
			for n := 1; n > 0; { // nor else the parents of these
				n, _ = syscall.Wait4(-1, nil, tracees|syscall.WNOHANG, nil)
			}
			return err
		}
	}
}

// kill kills what the calling thread traces, of which family are all that it
// knows, and waits for their end.
func kill(family map[int]bool) {
	for pid := range family {
		// Only what is traced can be interrupted, so that no process is hit
		// to which the number has passed.
		if ptrace(requestInterrupt, pid, 0) == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	for {
		// One that was never seen stops before it begins. Those that have
		// ended are not waited for: ECHILD says that there are no others.
		e, err := peek(idAll, 0, tracees|waitStopped)
		if err != nil {
			return
		}
		_ = syscall.Kill(e.pid, syscall.SIGKILL)
	}
}
