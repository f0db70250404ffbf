package guest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"

	"github.com/tlslab/tlslab/lab/backend/internal/boot"
)

// Link is the harness's end of the socket to the first process.
type Link struct{ *net.UnixConn }

// NewLink also gives the far end, for the first process to inherit.
func NewLink() (*Link, *os.File, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	near, far := os.NewFile(uintptr(fds[0]), "machine"), os.NewFile(uintptr(fds[1]), "harness")
	defer near.Close()
	conn, err := net.FileConn(near)
	if err != nil {
		return nil, nil, errors.Join(err, far.Close())
	}
	return &Link{conn.(*net.UnixConn)}, far, nil
}

// send passes one instruction on, and files with it.
func (l *Link) send(words boot.Words, files ...*os.File) error {
	return l.Message(boot.Encode(words), files...)
}

// Message passes a message on, and files with it.
func (l *Link) Message(message []byte, files ...*os.File) error {
	if len(message) > boot.MaxMessage {
		return fmt.Errorf("its arguments and environment have %d bytes, the most that it takes is %d", len(message), boot.MaxMessage)
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = syscall.UnixRights(fds...)
	}
	_, _, err := l.WriteMsgUnix(message, rights, nil)
	return gone(err)
}

// Tell has instructions carried out, in as few messages as hold them.
func (l *Link) Tell(script []boot.Words) error {
	var message []byte
	for i, words := range script {
		message = append(message, boot.Encode(words)...)
		if len(message) < boot.MaxMessage/2 && i < len(script)-1 {
			continue
		}
		if err := l.Message(message); err != nil {
			return err
		}
		if _, err := l.Expect(boot.Done); err != nil {
			return err
		}
		message = nil
	}
	return nil
}

// listen has a TCP socket opened and takes it over.
func (l *Link) listen(words boot.Words) (net.Listener, error) {
	f, err := l.socket(words)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileListener(f)
}

// Listen has a TCP socket opened at a port of an address of the machine, which
// may be unspecified, and takes it over.
func (l *Link) Listen(ip netip.Addr, port string) (net.Listener, error) {
	return l.listen(boot.Words{boot.Listen, string(ip.AsSlice()), port})
}

// packets has a UDP socket opened and takes it over.
func (l *Link) packets(words boot.Words) (net.PacketConn, error) {
	f, err := l.socket(words)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FilePacketConn(f)
}

func (l *Link) socket(words boot.Words) (*os.File, error) {
	if err := l.send(words); err != nil {
		return nil, err
	}
	_, fd, err := l.receive(boot.Listening)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "socket")
	if _, err := l.Expect(boot.Done); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Expect reads an answer of the given kind, without that word.
func (l *Link) Expect(kind string) (boot.Words, error) {
	words, _, err := l.receive(kind)
	return words, err
}

// receive also gives the descriptor that comes with the answer, else -1.
func (l *Link) receive(kind string) (_ boot.Words, fd int, err error) {
	message, rights := make([]byte, 4<<10), make([]byte, syscall.CmsgSpace(4))
	n, oobn, _, _, err := l.ReadMsgUnix(message, rights) // marks the descriptor close-on-exec
	if err == nil && n == 0 {
		err = io.EOF
	}
	if err != nil {
		return nil, -1, gone(err)
	}
	answers, err := boot.Decode(message[:n])
	switch {
	case err != nil || len(answers) != 1:
		return nil, -1, errors.New("the machine gives an answer that cannot be read")
	case answers[0][0] == boot.Failed && len(answers[0]) == 3:
		return nil, -1, refusal(answers[0][1:])
	case answers[0][0] != kind:
		return nil, -1, fmt.Errorf("the machine answers %q instead of %q", answers[0][0], kind)
	}
	return answers[0][1:], descriptor(rights[:oobn]), nil
}

func descriptor(rights []byte) int {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return -1
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1
	}
	return fds[0]
}

// failure is an error of the first process. It unwraps to its errno.
type failure struct {
	text  string
	errno syscall.Errno
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.errno }

func refusal(words boot.Words) error {
	errno, err := strconv.Atoi(words[0])
	if err != nil || errno == 0 {
		return errors.New(words[1])
	}
	return &failure{words[1], syscall.Errno(errno)}
}

// ErrEnded says that the first process is gone.
var ErrEnded = errors.New("the machine has ended: its first process was killed")

// gone says in a word what the end of the socket means.
func gone(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		return ErrEnded
	case errors.Is(err, net.ErrClosed):
		return errors.New("the machine is closed")
	}
	return err
}
