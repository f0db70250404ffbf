package tracer

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// What package syscall lacks of ptrace(2).
const (
	requestDetach    = 17
	requestSeize     = 0x4206
	requestInterrupt = 0x4207
	requestListen    = 0x4208

	optionExitKill = 1 << 20
	eventStop      = 128
)

// follow are the options that trace every process and thread that a tracee
// starts from its first instruction, and end all with their tracer.
const follow = syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK | syscall.PTRACE_O_TRACECLONE |
	syscall.PTRACE_O_TRACEEXEC | optionExitKill

// Begin has p hold for the process pid, which the calling thread started with
// SysProcAttr.Ptrace, and for all that it starts. The thread stays with the
// calling goroutine until all have ended, since the kernel takes ptrace(2) from
// it alone: either in [Patch.Follow], or in a loop of wait4(2) with __WALL that
// hands every stop to [Patch.Resume]. After an error, the caller kills and
// reaps the process.
//
// It is traced anew by PTRACE_SEIZE, since a tracee of PTRACE_TRACEME cannot be
// stopped and continued by job control; SIGSTOP holds it in between.
func (p Patch) Begin(pid int) error {
	e, err := peek(idPID, pid, waitExited|waitStopped) // at its first instruction
	if err != nil {
		return os.NewSyscallError("waitid", err)
	}
	if !e.stopped {
		return errors.New("it was ended before it began")
	}
	if err := p.apply(pid); err != nil {
		return err
	}
	if err := ptrace(requestDetach, pid, uintptr(syscall.SIGSTOP)); err != nil {
		return os.NewSyscallError("ptrace PTRACE_DETACH", err)
	}
	if err := ptrace(requestSeize, pid, follow); err != nil {
		return os.NewSyscallError("ptrace PTRACE_SEIZE", err)
	}
	return os.NewSyscallError("kill", syscall.Kill(pid, syscall.SIGCONT))
}

// Resume lets a stopped process go on, where ws is what wait4(2) said of it. It
// says whether the process now waits for SIGCONT, as job control had it.
//
// A program begins with the right clock when the process executes it, and is
// patched then. One whose words have 32 bits has another vDSO and keeps the
// right clock.
func (p Patch) Resume(pid int, ws syscall.WaitStatus) (waits bool) {
	// A process that was killed since answers ESRCH to everything.
	switch event, signal := int(ws>>16), ws.StopSignal(); {
	case event == 0:
		_ = syscall.PtraceCont(pid, int(signal))
	case event == eventStop && signal != syscall.SIGTRAP:
		_ = ptrace(requestListen, pid, 0)
		return true
	case event == syscall.PTRACE_EVENT_EXEC:
		_ = p.apply(pid)
		fallthrough
	default:
		_ = syscall.PtraceCont(pid, 0)
	}
	return false
}

var errNoVDSO = errors.New("its program reads the clock by no 64-bit vDSO")

// apply writes the patch into a stopped process. The pages become its own, and
// those of its forks (install_special_mapping in the kernel's mm/mmap.c).
func (p Patch) apply(pid int) error {
	start, err := vdso(pid)
	if err != nil {
		return err
	}
	var ident [8]byte // an ELF header's first bytes, the class of the file at 4
	if _, err := syscall.PtracePeekText(pid, start, ident[:]); err != nil {
		return os.NewSyscallError("ptrace PTRACE_PEEKTEXT", err)
	}
	if string(ident[:5]) != "\x7fELF\x02" {
		return errNoVDSO
	}
	for _, w := range p {
		value := (*[8]byte)(unsafe.Pointer(&w.Value))
		if _, err := syscall.PtracePokeText(pid, start+uintptr(w.At), value[:]); err != nil {
			return os.NewSyscallError("ptrace PTRACE_POKETEXT", err)
		}
	}
	return nil
}

// vdso finds where the vDSO of a process begins (getauxval(3)).
func vdso(pid int) (uintptr, error) {
	const sysinfoEHDR = 33
	vector, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/auxv")
	if err != nil {
		return 0, err
	}
	for ; len(vector) >= 16; vector = vector[16:] {
		entry := (*[2]uint64)(unsafe.Pointer(unsafe.SliceData(vector)))
		if entry[0] == sysinfoEHDR {
			return uintptr(entry[1]), nil
		}
	}
	return 0, errNoVDSO
}

func ptrace(request, pid int, data uintptr) error {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PTRACE, uintptr(request), uintptr(pid), 0, data, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
