package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

// namespaces are what a sandbox has of its own. A user namespace gives the
// right to make the others.
const namespaces = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET |
	syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS

// common is the part of the instructions that is the same for every plan.
var common = boot.Encode(
	// A slave still sees what is unmounted outside, so no device of the
	// user's stays busy; nothing that happens here is seen there.
	boot.Words{boot.Mount, "", "/", "", strconv.Itoa(syscall.MS_REC | syscall.MS_SLAVE), ""},
	boot.Words{boot.Mount, "proc", "/proc", "proc", strconv.Itoa(syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC), ""},
	boot.Words{boot.Up},
	// A name in a domain would have resolvers look names up in that domain too
	// (resolv.conf(5), search).
	boot.Words{boot.Called, "client"},
)

// first is the first process of a sandbox, with which all others end.
type first struct {
	cmd    *exec.Cmd
	wait   func() error
	stderr bytes.Buffer // only to be read after wait
	link   *guest.Link
	mounts *os.File // the table of which it has a copy
}

// begin starts a first process, which is this program again, as package boot
// has it, and tells it what is common. Its answer to that is still to be read.
func begin() (*first, error) {
	link, far, err := guest.NewLink()
	if err != nil {
		return nil, err
	}
	defer far.Close()
	f := &first{link: link}
	if f.mounts, err = mountTable(); err != nil {
		return nil, errors.Join(err, link.Close())
	}
	f.cmd = &exec.Cmd{
		Path:       "/proc/self/exe",
		Args:       []string{boot.Name},
		Dir:        "/",
		Env:        []string{}, // not nil, which would mean this process's own
		Stderr:     &f.stderr,
		ExtraFiles: []*os.File{far}, // becomes boot.Socket
		SysProcAttr: &syscall.SysProcAttr{
			Setpgid:     true, // Ctrl-C at the terminal is the harness's to handle
			Cloneflags:  namespaces,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		},
	}
	if f.wait, err = backend.Start(f.cmd); err != nil {
		return nil, errors.Join(err, link.Close(), f.mounts.Close())
	}
	if err := link.Message(common); err != nil {
		return nil, errors.Join(err, f.close(), f.complaint())
	}
	return f, nil
}

// mountTable is opened past package os, whose poller would get to know of a
// change instead of current.
func mountTable() (*os.File, error) {
	const name = "/proc/self/mountinfo"
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

// current says whether the process sees the same mounts as one begun now: what
// is mounted outside need not reach it (mount_namespaces(7)).
func (f *first) current() bool {
	changed, err := unix.Poll([]unix.PollFd{{Fd: int32(f.mounts.Fd()), Events: unix.POLLPRI}}, 0) // proc_pid_mounts(5)
	return err == nil && changed == 0
}

func (f *first) kill() { _ = f.cmd.Process.Kill() }

// complaint is what the process said before it ended.
func (f *first) complaint() error {
	if f.stderr.Len() == 0 {
		return nil
	}
	return fmt.Errorf("its first process: %s", bytes.TrimSpace(f.stderr.Bytes()))
}

// close kills the process, with which the kernel kills all others of the
// namespace and waits for their end (pid_namespaces(7)).
func (f *first) close() error {
	errs := []error{f.link.Close(), f.mounts.Close()}
	if err := f.cmd.Process.Kill(); !errors.Is(err, os.ErrProcessDone) {
		errs = append(errs, err)
	}
	var ended *exec.ExitError
	if err := f.wait(); err != nil && !errors.As(err, &ended) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
