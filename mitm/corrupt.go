package mitm

import (
	"fmt"
	"net"
	"slices"
	"sync"
)

// corrupt is a box that changes one bit of what it passes on to the client, as
// failing hardware does behind the checksum of TCP.
func corrupt(box Box) (wrapper, error) {
	if box.After < 1 {
		return nil, fmt.Errorf("%d bytes pass before the one that it changes: expected 1 or more", box.After)
	}
	if box.At != "" {
		return nil, fmt.Errorf("it counts from the beginning of the connection: expected no stage, found %q", box.At)
	}
	return func(conn net.Conn) net.Conn {
		return &corruptConn{Conn: conn, left: box.After}
	}, nil
}

// corruptConn changes a copy of what the host writes.
type corruptConn struct {
	net.Conn
	writing sync.Mutex // held by Write
	left    int        // bytes until the one that is changed; negative when it was
}

// NetConn is the connection on the client's side, as with [crypto/tls.Conn].
func (c *corruptConn) NetConn() net.Conn { return c.Conn }

func (c *corruptConn) Write(b []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if 0 <= c.left && c.left < len(b) {
		b = slices.Clone(b)
		b[c.left] ^= 1
	}
	n, err := c.Conn.Write(b)
	if c.left >= 0 {
		c.left -= n
	}
	return n, err
}
