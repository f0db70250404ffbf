package guest

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
	child   [3]*os.File
	ours    []*os.File // the child's ends, to be closed once it has them
	typed   []*os.File // our end of the input, where that is a pipe
	printed []*os.File // our ends of the outputs
	reads   []func() error
	writes  []func() error

	written, read sync.WaitGroup
	mu            sync.Mutex
	err           error
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
		closeAll(s.typed)
		closeAll(s.printed)
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
	s.child[0] = far
	s.ours = append(s.ours, far)
	s.typed = append(s.typed, near)
	s.writes = append(s.writes, func() error {
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
	s.child[fd] = far
	s.ours = append(s.ours, far)
	s.printed = append(s.printed, near)
	s.reads = append(s.reads, func() error {
		_, err := io.Copy(w, near)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = drain(w, near)
		}
		return errors.Join(err, near.Close())
	})
	return nil
}

// drain copies what is in the pipe, and does not wait for more.
func drain(w io.Writer, pipe *os.File) error {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return err
	}
	if err := pipe.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	buffer := make([]byte, 32<<10)
	for {
		var n int
		var read error
		if err := raw.Read(func(fd uintptr) (done bool) {
			n, read = unix.Read(int(fd), buffer)
			return read != unix.EINTR
		}); err != nil {
			return err
		}
		if read == unix.EAGAIN || read == nil && n == 0 {
			return nil
		}
		if read != nil {
			return os.NewSyscallError("read", read)
		}
		if _, err := w.Write(buffer[:n]); err != nil {
			return err
		}
	}
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

// started lets go of the child's ends and begins to copy.
func (s *stdio) started() {
	closeAll(s.ours)
	for _, write := range s.writes {
		s.written.Go(func() { s.note(write()) })
	}
	for _, read := range s.reads {
		s.read.Go(func() { s.note(read()) })
	}
}

func (s *stdio) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.err, err)
}

// finish waits until everything is copied. All writers of the outputs are gone
// by then, so that what they wrote is in the pipes. The end of the pipes is not
// waited for: a process that the harness forks meanwhile has a copy of each
// descriptor until it executes its program, and to make a network namespace
// for it may take the kernel seconds. A reader that never ends holds finish up
// no longer than WaitDelay.
func (s *stdio) finish() error {
	past := time.Unix(1, 0)
	for _, f := range s.printed {
		_ = f.SetReadDeadline(past) // fails where all is copied and f closed
	}
	s.read.Wait()
	closeAll(s.typed)
	done := make(chan struct{})
	go func() { s.written.Wait(); close(done) }()
	timer := time.NewTimer(backend.WaitDelay)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
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
