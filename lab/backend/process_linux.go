package backend

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func dieWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

// endGroup waits until cmd has ended and kills the rest of its group. It does
// so before cmd is reaped, while its number can belong to nobody else.
func endGroup(cmd *exec.Cmd) {
	if !cmd.SysProcAttr.Setsid && !cmd.SysProcAttr.Setpgid {
		return
	}
	for {
		err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			break
		}
	}
	_ = killGroup(cmd.Process)
}
