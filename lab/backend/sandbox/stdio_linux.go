package sandbox

import (
	"errors"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/backend"
)

// stdio joins a command's standard descriptors with its readers and writers:
// files go over as they are, everything else by a pipe, as os/exec does.
type stdio struct {
	child  [3]*os.File
	ours   []*os.File // the child's ends, to be closed once it has them
	pipes  []*os.File // our ends
	copies []func() error

	copied sync.WaitGroup
	mu     sync.Mutex
	err    error
}

func connect(c backend.Command) (*stdio, error) {
	s := &stdio{}
	err := errors.Join(s.input(c.Stdin), s.output(1, c.Stdout))
	if c.Stderr != nil && sameWriter(c.Stderr, c.Stdout) {
		s.child[2] = s.child[1]
	} else {
		err = errors.Join(err, s.output(2, c.Stderr))
	}
	if err != nil {
		closeAll(s.ours)
		closeAll(s.pipes)
		return nil, err
	}
	return s, nil
}

// sameWriter says whether both outputs go one way, and so in one order.
func sameWriter(a, b io.Writer) (same bool) {
	defer func() { _ = recover() }() // types that == does not compare
	return a == b
}

func (s *stdio) input(r io.Reader) error {
	if f, ok := r.(*os.File); ok {
		s.child[0] = f
		return nil
	}
	if r == nil {
		return s.null(0, os.O_RDONLY)
	}
	far, near, err := os.Pipe()
	if err != nil {
		return err
	}
	s.pipe(0, far, near, func() error {
		_, err := io.Copy(near, r)
		if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
			err = nil // a command need not read all of its input
		}
		return errors.Join(err, ignoreClosed(near.Close()))
	})
	return nil
}

func (s *stdio) output(fd int, w io.Writer) error {
	if f, ok := w.(*os.File); ok {
		s.child[fd] = f
		return nil
	}
	if w == nil {
		return s.null(fd, os.O_WRONLY)
	}
	near, far, err := os.Pipe()
	if err != nil {
		return err
	}
	s.pipe(fd, far, near, func() error {
		_, err := io.Copy(w, near)
		return errors.Join(err, ignoreClosed(near.Close()))
	})
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

func (s *stdio) null(fd, mode int) error {
	f, err := os.OpenFile(os.DevNull, mode, 0)
	if err != nil {
		return err
	}
	s.child[fd] = f
	s.ours = append(s.ours, f)
	return nil
}

func (s *stdio) pipe(fd int, far, near *os.File, copy func() error) {
	s.child[fd] = far
	s.ours = append(s.ours, far)
	s.pipes = append(s.pipes, near)
	s.copies = append(s.copies, copy)
}

// started lets go of the child's ends and begins to copy.
func (s *stdio) started() {
	closeAll(s.ours)
	for _, copy := range s.copies {
		s.copied.Go(func() {
			if err := copy(); err != nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.err = errors.Join(s.err, err)
			}
		})
	}
}

// finish waits until everything is copied. All writers of the outputs are gone
// by then; a reader that never ends holds it up no longer than WaitDelay.
func (s *stdio) finish() error {
	done := make(chan struct{})
	go func() { s.copied.Wait(); close(done) }()
	timer := time.NewTimer(backend.WaitDelay)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		closeAll(s.pipes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// lendTerminal says whether stdin is a terminal that this process may lend to
// a command, and gives the function that takes it back.
func lendTerminal(stdin io.Reader) (takeBack func(), lent bool) {
	f, ok := stdin.(*os.File)
	if !ok {
		return func() {}, false
	}
	fd := int(f.Fd())
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	if err != nil || group != unix.Getpgrp() {
		return func() {}, false // no terminal, or we are in its background
	}
	return func() { takeTerminal(fd, group) }, true
}

// takeTerminal puts group back into the foreground. A process in the
// background may do so only with SIGTTOU blocked (tcsetpgrp(3)).
func takeTerminal(fd, group int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var block, before unix.Sigset_t
	block.Val[0] = 1 << (unix.SIGTTOU - 1)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &block, &before) != nil {
		return
	}
	defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) }()
	_ = unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, group)
}
