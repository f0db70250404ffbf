package mitm

import (
	"io"
	"net"
)

// stall keeps the connection open and passes nothing on, until the client
// leaves or the host closes.
func stall(conn net.Conn) error {
	if _, err := io.Copy(io.Discard, conn); err != nil {
		return err
	}
	return io.EOF
}
