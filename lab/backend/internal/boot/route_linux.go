package boot

import (
	"syscall"
	"unsafe"
)

// ipv6Routes is RTMGRP_IPV6_ROUTE of linux/rtnetlink.h.
const ipv6Routes = 0x400

// routeWait bounds the wait for a route. It is the kernel's own work, of
// microseconds, unless the machine has hardly any time for it.
var routeWait = syscall.Timeval{Sec: 10}

// watchRoutes opens a socket that hears of every change to the IPv6 routes.
func watchRoutes() (int, error) {
	s, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return -1, err
	}
	err = syscall.Bind(s, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: ipv6Routes})
	if err == nil {
		err = syscall.SetsockoptTimeval(s, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &routeWait)
	}
	if err != nil {
		_ = syscall.Close(s)
		return -1, err
	}
	return s, nil
}

// awaitLocal returns when what is sent to an IPv6 address of this machine stays
// in it. The kernel adds that route after it has acknowledged the address, from
// a queue (addrconf_dad_work in its net/ipv6/addrconf.c); who connects before
// finds the network unreachable. routes is from watchRoutes, called before the
// address was added.
func awaitLocal(routes int, ip []byte) error {
	changes := make([]byte, 4096)
	for {
		local, err := isLocal(ip)
		if local || err != nil {
			return err
		}
		_, _, err = syscall.Recvfrom(routes, changes, 0)
		if err != nil && err != syscall.EINTR && err != syscall.ENOBUFS {
			return err
		}
	}
}

// isLocal asks for the route to an address (RTM_GETROUTE of rtnetlink(7)).
func isLocal(ip []byte) (bool, error) {
	header := struct {
		syscall.NlMsghdr
		syscall.RtMsg
	}{
		syscall.NlMsghdr{Type: syscall.RTM_GETROUTE, Flags: syscall.NLM_F_REQUEST},
		syscall.RtMsg{Family: syscall.AF_INET6, Dst_len: byte(len(ip) * 8)},
	}
	destination := attribute(syscall.RTA_DST, ip)
	header.Len = uint32(int(unsafe.Sizeof(header)) + len(destination))
	reply := make([]byte, 4096)
	n, err := exchange(append(bytesOf(&header), destination...), reply)
	if err != nil {
		return false, err
	}
	if n < int(unsafe.Sizeof(header)) {
		return false, syscall.EPROTO
	}
	answer := (*syscall.NlMsghdr)(unsafe.Pointer(&reply[0]))
	route := (*syscall.RtMsg)(unsafe.Pointer(&reply[syscall.SizeofNlMsghdr]))
	return answer.Type == syscall.RTM_NEWROUTE && route.Type == syscall.RTN_LOCAL, nil
}
