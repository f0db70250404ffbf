package mitm

import (
	"errors"
	"net"
	"syscall"
)

// reset ends the connection by a TCP reset in both directions. Closing without
// lingering makes the kernel send it even if nothing is left unread. A
// connection that is not TCP is closed.
func reset(conn net.Conn) error {
	inner := innermost(conn)
	var err error
	if c, ok := inner.(interface{ SetLinger(sec int) error }); ok {
		err = c.SetLinger(0)
	}
	if err := errors.Join(err, inner.Close()); err != nil {
		return err
	}
	return syscall.ECONNRESET
}
