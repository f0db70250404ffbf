package boot

import (
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"github.com/tlslab/tlslab/lab/clock/tracer"
)

// run starts a process; another goroutine answers when it has ended.
func run(args Words, stdio []int, foreground bool) error {
	defer func() {
		for _, fd := range stdio {
			_ = syscall.Close(fd)
		}
	}()
	if len(args) < 4 || len(stdio) != 3 {
		return errMalformed
	}
	patch, err := tracer.Parse(args[2])
	if err != nil {
		return err
	}
	argc, err := strconv.Atoi(args[3])
	if err != nil || argc < 0 || argc > len(args)-4 {
		return errMalformed
	}
	attr := &syscall.ProcAttr{
		Dir:   args[0],
		Env:   args[4+argc:],
		Files: []uintptr{uintptr(stdio[0]), uintptr(stdio[1]), uintptr(stdio[2])},
		Sys:   &syscall.SysProcAttr{Credential: user.credential, AmbientCaps: user.rights},
	}
	path, err := find(args[1], attr.Env)
	if err != nil {
		return err
	}
	if foreground {
		// A process that takes the terminal's foreground from outside it is
		// stopped by SIGTTOU unless it ignores that (tcsetpgrp(3)).
		signal.Ignore(syscall.SIGTTOU)
		defer signal.Reset(syscall.SIGTTOU)
		attr.Sys.Setpgid, attr.Sys.Foreground, attr.Sys.Ctty = true, true, stdio[0]
	} else {
		attr.Sys.Setsid = true // no terminal: git would ask for a password there
	}
	started := make(chan error)
	go func() {
		// A process is traced by the thread that started it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		pid, err := start(path, args[4:4+argc], attr, patch)
		started <- err
		if err == nil {
			answer(Words{Exited, strconv.Itoa(reap(pid, patch))})
		}
	}()
	if err := <-started; err != nil {
		return &os.PathError{Op: "executing in " + args[0], Path: path, Err: err}
	}
	return nil
}

// start starts a process, traced where its clock is to be wrong.
func start(path string, argv []string, attr *syscall.ProcAttr, patch tracer.Patch) (pid int, err error) {
	attr.Sys.Ptrace = patch != nil
	pid, err = syscall.ForkExec(path, argv, attr)
	if err != nil || patch == nil {
		return pid, err
	}
	if err := patch.Begin(pid); err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		reap(pid, nil)
		return 0, err
	}
	return pid, nil
}

// reap waits until the process pid has ended, then ends and reaps all others:
// the first process of a namespace is parent to every orphan. The status is
// 128 plus its number where a signal ended pid.
func reap(pid int, patch tracer.Patch) (status int) {
	for {
		var ws syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &ws, syscall.WUNTRACED|syscall.WALL, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil: // ECHILD: nobody is left
			return status
		case ws.Stopped():
			// Only a child of this process is never continued by its parent,
			// and of what is traced that is the command.
			if patch == nil || patch.Resume(ended, ws) && ended == pid {
				_ = syscall.Kill(-ended, syscall.SIGCONT)
			}
		case ended == pid:
			status = ws.ExitStatus()
			if ws.Signaled() {
				status = 128 + int(ws.Signal())
			}
			killAll()
		}
	}
}

// killAll kills every process of the namespace: to the first one, kill(2) with
// -1 means all others.
func killAll() { _ = syscall.Kill(-1, syscall.SIGKILL) }
