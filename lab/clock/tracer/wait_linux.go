package tracer

import (
	"syscall"
	"unsafe"
)

// What package syscall lacks of waitid(2).
const (
	idAll, idPID = 0, 1

	waitStopped  = 2
	waitExited   = 4
	waitNoReport = 1 << 24 // WNOWAIT

	codeTrapped = 4 // CLD_TRAPPED
)

// tracees has waitid(2) and wait4(2) look at nothing but what the calling
// thread traces. Of that they report everything, whereas of its children
// __WCLONE has them see those alone that end with another signal than SIGCHLD,
// which no child of a Go program does (eligible_child in the kernel's
// kernel/exit.c).
const tracees = syscall.WCLONE | syscall.WNOTHREAD

// event is what became of a process.
type event struct {
	pid     int
	stopped bool               // and else ended
	status  syscall.WaitStatus // of a stop, as wait4(2) has it
}

// peek waits for an event and leaves it to be reported again: a stop until the
// process goes on, an end until it is reaped.
func peek(kind, id, options int) (event, error) {
	var info struct { // siginfo_t of 64-bit kernels
		signal, errno, code, _ int32
		pid, uid, status       int32
		_                      [25]int32
	}
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, uintptr(kind), uintptr(id),
			uintptr(unsafe.Pointer(&info)), uintptr(options|waitNoReport), 0, 0)
		switch errno {
		case 0:
			return event{int(info.pid), info.code == codeTrapped, syscall.WaitStatus(info.status<<8 | 0x7f)}, nil
		case syscall.EINTR:
		default:
			return event{}, errno
		}
	}
}
