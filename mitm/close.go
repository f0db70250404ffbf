package mitm

import "net"

// halfCloseAndDrain ends the stream to the client and swallows what the client
// still sends. Closing both directions would let the kernel answer those bytes
// with a reset, and the client would meet one or the other from run to run.
func halfCloseAndDrain(conn net.Conn) error {
	if err := HalfClose(conn); err != nil {
		return err
	}
	return stall(conn)
}
