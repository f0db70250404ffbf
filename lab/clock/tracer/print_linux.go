package tracer

import (
	"errors"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func init() {
	if len(os.Args) == 0 || os.Args[0] != Name {
		return
	}
	if len(os.Args) == 1 {
		_, _ = os.Stdout.WriteString(strconv.FormatInt(time.Now().Unix(), 10))
		os.Exit(0)
	}
	syscall.CloseOnExec(Complaints)
	status, err := run(os.Args[1:])
	if err != nil {
		complain(err)
	}
	os.Exit(status)
}

func complain(err error) {
	var errno syscall.Errno
	errors.As(err, &errno)
	_, _ = syscall.Write(Complaints, []byte(strconv.Itoa(int(errno))+" "+err.Error()))
}

// run runs a program to its end. It is only called from init, which has the
// first thread to itself.
func run(args []string) (status int, err error) {
	if len(args) < 3 {
		return 1, errMalformed
	}
	p, err := Parse(args[0])
	if err != nil {
		return 1, err
	}
	argc, err := strconv.Atoi(args[2])
	if err != nil || argc < 0 || argc > len(args)-3 {
		return 1, errMalformed
	}
	// What a terminal sends to its whole foreground is the program's to
	// handle. Ignored signals, unlike caught ones, would stay so in it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	pid, err := Start(args[1], args[3:3+argc], &syscall.ProcAttr{
		Env:   args[3+argc:],
		Files: []uintptr{0, 1, 2},
		// Until it is traced for good, this is what ends it with its tracer.
		Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}, p)
	if err != nil {
		return 1, err
	}
	return p.wait(pid)
}

// wait follows everything until the process pid has ended.
func (p Patch) wait(pid int) (status int, err error) {
	for {
		var ws syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &ws, syscall.WALL, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 1, os.NewSyscallError("wait4", err)
		case ws.Stopped():
			p.Resume(ended, ws)
		case ended == pid && ws.Signaled():
			return 128 + int(ws.Signal()), nil
		case ended == pid:
			return ws.ExitStatus(), nil
		}
	}
}
