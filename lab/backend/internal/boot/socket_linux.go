package boot

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// listen opens a TCP socket and answers with it.
func listen(args Words) error {
	s, err := bound(args, syscall.SOCK_STREAM)
	if err != nil {
		return err
	}
	defer syscall.Close(s)
	if err := syscall.Listen(s, syscall.SOMAXCONN); err != nil {
		return os.NewSyscallError("listening on port "+args[1]+": listen", err)
	}
	answer(Words{Listening}, s)
	return nil
}

// packets opens a UDP socket and answers with it.
func packets(args Words) error {
	s, err := bound(args, syscall.SOCK_DGRAM)
	if err != nil {
		return err
	}
	defer syscall.Close(s)
	answer(Words{Listening}, s)
	return nil
}

// deaf opens a TCP socket that drops whatever arrives before TCP sees it, and
// keeps it open: who connects is neither accepted nor refused, as where a
// router loses every packet.
func deaf(args Words) error {
	s, err := bound(args, syscall.SOCK_STREAM)
	if err != nil {
		return err
	}
	if err := dropAll(s); err != nil {
		return os.NewSyscallError("losing what arrives on port "+args[1]+": setsockopt SO_ATTACH_FILTER", err)
	}
	return os.NewSyscallError("listening on port "+args[1]+": listen", syscall.Listen(s, 0))
}

// dropAll attaches the filter that keeps nothing of any packet (socket(7)).
func dropAll(s int) error {
	keepNothing := syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_K, K: 0}
	program := syscall.SockFprog{Len: 1, Filter: &keepNothing}
	_, _, errno := syscall.Syscall6(syscall.SYS_SETSOCKOPT, uintptr(s), syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER,
		uintptr(unsafe.Pointer(&program)), unsafe.Sizeof(program), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// bound opens a socket of an address and a port.
func bound(args Words, kind int) (s int, err error) {
	ip := []byte(args[0])
	port, err := strconv.Atoi(args[1])
	if err != nil {
		return -1, err
	}
	family := syscall.AF_INET
	var address syscall.Sockaddr
	if len(ip) == 4 {
		address = &syscall.SockaddrInet4{Port: port, Addr: [4]byte(ip)}
	} else {
		family = syscall.AF_INET6
		address = &syscall.SockaddrInet6{Port: port, Addr: [16]byte(ip)}
	}
	s, err = syscall.Socket(family, kind|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if kind == syscall.SOCK_STREAM {
		// As package net does: connections that have ended keep no port from
		// the machine's next world.
		_ = syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	}
	if err := syscall.Bind(s, address); err != nil {
		_ = syscall.Close(s)
		return -1, os.NewSyscallError("listening on port "+args[1]+": bind", err)
	}
	return s, nil
}
