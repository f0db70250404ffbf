package boot

import (
	"os"
	"syscall"
	"unsafe"
)

// loopback is the interface that every network namespace begins with, and its
// number.
const (
	loopback      = "lo"
	loopbackIndex = 1
)

// noDAD is IFA_F_NODAD of linux/if_addr.h: an IPv6 address is there at once.
const noDAD = 0x02

// loopbackUp sets IFF_UP (netdevice(7)).
func loopbackUp() error {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer syscall.Close(s)
	var request struct { // struct ifreq
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:], loopback)
	request.flags = syscall.IFF_UP | syscall.IFF_RUNNING
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(s), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return os.NewSyscallError("bringing the loopback interface up: ioctl SIOCSIFFLAGS", errno)
	}
	return nil
}

// addAddress gives the loopback interface one more address, and no network
// around it (RTM_NEWADDR of rtnetlink(7)).
func addAddress(ip []byte) error {
	family := byte(syscall.AF_INET)
	if len(ip) == 16 {
		family = syscall.AF_INET6
	}
	header := struct {
		syscall.NlMsghdr
		syscall.IfAddrmsg
	}{
		syscall.NlMsghdr{
			Type:  syscall.RTM_NEWADDR,
			Flags: syscall.NLM_F_REQUEST | syscall.NLM_F_ACK | syscall.NLM_F_CREATE | syscall.NLM_F_EXCL,
		},
		syscall.IfAddrmsg{Family: family, Prefixlen: byte(len(ip) * 8), Flags: noDAD, Index: loopbackIndex},
	}
	attributes := append(attribute(syscall.IFA_LOCAL, ip), attribute(syscall.IFA_ADDRESS, ip)...)
	header.Len = uint32(int(unsafe.Sizeof(header)) + len(attributes))
	message := append(bytesOf(&header), attributes...)
	routes, err := watchRoutes()
	if err != nil {
		return os.NewSyscallError("watching the routes: netlink", err)
	}
	defer syscall.Close(routes)
	if err := netlink(message); err != nil && err != syscall.EEXIST {
		return os.NewSyscallError("adding an address to the loopback interface: netlink RTM_NEWADDR", err)
	}
	if family == syscall.AF_INET {
		return nil
	}
	return os.NewSyscallError("waiting for the route to an address: netlink", awaitLocal(routes, ip))
}

// removeDefaultRoute takes the way to everywhere away, if there is one
// (RTM_DELROUTE of rtnetlink(7)).
func removeDefaultRoute() error {
	request := struct {
		syscall.NlMsghdr
		syscall.RtMsg
	}{
		syscall.NlMsghdr{Type: syscall.RTM_DELROUTE, Flags: syscall.NLM_F_REQUEST | syscall.NLM_F_ACK},
		syscall.RtMsg{Family: syscall.AF_INET, Table: syscall.RT_TABLE_MAIN, Scope: syscall.RT_SCOPE_NOWHERE},
	}
	request.Len = uint32(unsafe.Sizeof(request))
	if err := netlink(bytesOf(&request)); err != nil && err != syscall.ESRCH {
		return os.NewSyscallError("removing the default route: netlink RTM_DELROUTE", err)
	}
	return nil
}

func attribute(kind uint16, value []byte) []byte {
	header := syscall.RtAttr{Len: uint16(syscall.SizeofRtAttr + len(value)), Type: kind}
	return append(bytesOf(&header), value...) // 4 and 16 bytes need no padding
}

// bytesOf copies v as the kernel wants to see it.
func bytesOf[T any](v *T) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))...)
}

// netlink sends a request and gives what its acknowledgement says.
func netlink(request []byte) error {
	var reply struct {
		syscall.NlMsghdr
		syscall.NlMsgerr
	}
	n, err := exchange(request, unsafe.Slice((*byte)(unsafe.Pointer(&reply)), unsafe.Sizeof(reply)))
	if err != nil {
		return err
	}
	if n < syscall.SizeofNlMsghdr+4 || reply.Type != syscall.NLMSG_ERROR {
		return syscall.EPROTO
	}
	if reply.Error != 0 {
		return syscall.Errno(-reply.Error)
	}
	return nil
}

// exchange sends a request and receives one reply.
func exchange(request, reply []byte) (n int, err error) {
	s, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(s)
	if err := syscall.Sendto(s, request, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return 0, err
	}
	n, _, err = syscall.Recvfrom(s, reply, 0)
	return n, err
}
