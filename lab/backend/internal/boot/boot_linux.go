package boot

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

func init() {
	if len(os.Args) == 0 || os.Args[0] != Name && !strings.HasSuffix(os.Args[0], "/"+Name) {
		return
	}
	if os.Getpid() == 1 { // of its own namespace
		if len(os.Args) > 1 {
			dial(os.Args[1])
		}
		closeOnExec(Socket)
		serve()
	}
	os.Exit(0)
}

// dial makes the descriptor Socket in a machine that could not inherit it.
func dial(path string) {
	s, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		err = syscall.Connect(s, &syscall.SockaddrUnix{Name: path})
	}
	if err == nil && s != Socket {
		err = syscall.Dup3(s, Socket, syscall.O_CLOEXEC)
		_ = syscall.Close(s)
	}
	if err != nil {
		println("no way to the harness at " + path + ": " + err.Error())
		os.Exit(1)
	}
}

// closeOnExec keeps the descriptors from first on to this process: the socket,
// and what the harness itself has inherited (close_range(2), Linux 5.11).
func closeOnExec(first int) {
	const closeRange, flag, last = 436, 1 << 2, ^uint32(0)
	syscall.CloseOnExec(first)
	_, _, _ = syscall.Syscall(closeRange, uintptr(first), uintptr(last), flag)
}

// serve carries out what the harness says until the harness is gone.
func serve() {
	message := make([]byte, MaxMessage)
	rights := make([]byte, syscall.CmsgSpace(3*4))
	for {
		n, oobn, _, _, err := syscall.Recvmsg(Socket, message, rights, syscall.MSG_CMSG_CLOEXEC)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		instructions, err := Decode(message[:n])
		if err != nil {
			fail(err)
			continue
		}
		obey(instructions, received(rights[:oobn]))
	}
}

func received(rights []byte) []int {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return nil
	}
	fds, _ := syscall.ParseUnixRights(&messages[0])
	return fds
}

// obey answers for all of instructions, except those that start a process:
// they are answered when it has ended.
func obey(instructions []Words, fds []int) {
	for _, words := range instructions {
		switch verb, args := words[0], words[1:]; verb {
		case Kill:
			killAll()
			return
		case Run, RunTTY:
			if err := run(args, fds, verb == RunTTY); err != nil {
				fail(err)
			}
			return
		default:
			if err := prepare(verb, args); err != nil {
				fail(err)
				return
			}
		}
	}
	answer(Words{Done})
}

// prepare carries out an instruction that changes what the sandbox is.
func prepare(verb string, args Words) error {
	do, ok := map[string]struct {
		args int
		run  func(args Words) error
	}{
		Mount:   {5, mount},
		Mkdir:   {1, func(args Words) error { return os.MkdirAll(args[0], 0o755) }},
		Write:   {2, func(args Words) error { return writeFile(args, os.O_TRUNC) }},
		Append:  {2, func(args Words) error { return writeFile(args, os.O_APPEND) }},
		Clear:   {1, func(args Words) error { return clearFolder(args[0]) }},
		Own:     {3, own},
		As:      {2, as},
		Link:    {2, func(args Words) error { return os.Symlink(args[0], args[1]) }},
		Called:  {1, func(args Words) error { return os.NewSyscallError("sethostname", syscall.Sethostname([]byte(args[0]))) }},
		Up:      {0, func(Words) error { return loopbackUp() }},
		Address: {1, func(args Words) error { return addAddress([]byte(args[0])) }},
		NoRoute: {0, func(Words) error { return removeDefaultRoute() }},
		Listen:  {2, listen},
		Packets: {2, packets},
		Deaf:    {2, deaf},
	}[verb]
	if !ok || do.args != len(args) {
		return errMalformed
	}
	return do.run(args)
}

func mount(args Words) error {
	flags, err := strconv.ParseUint(args[3], 10, 64)
	if err != nil {
		return err
	}
	if err := syscall.Mount(args[0], args[1], args[2], uintptr(flags), args[4]); err != nil {
		return &os.PathError{Op: "mount", Path: args[1], Err: err}
	}
	return nil
}

func writeFile(args Words, how int) error {
	f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(args[1])
	return errors.Join(err, f.Close())
}

// answer sends words and a descriptor, if any. The harness reads what it asked
// for; where it does not it is gone, and serve ends.
func answer(words Words, fds ...int) {
	_ = syscall.Sendmsg(Socket, Encode(words), syscall.UnixRights(fds...), nil, syscall.MSG_NOSIGNAL)
}

func fail(err error) {
	var errno syscall.Errno
	errors.As(err, &errno)
	answer(Words{Failed, strconv.Itoa(int(errno)), err.Error()})
}
