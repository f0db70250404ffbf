package mitm

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// versions are those that a box can be told to cope with.
var versions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12}

// condition is what a ClientHello must be like for a box to act.
type condition struct {
	names   Patterns
	largest int    // the greatest size that does not matter; zero means any
	newest  uint16 // the newest version that does not matter; zero means any
}

// conditional is a box that acts on connections whose ClientHello meets its
// conditions, or on all where it has none.
func conditional(box Box, wrap wrapper) (wrapper, error) {
	c := condition{names: box.Names, largest: box.LargerThan}
	if box.NewerThan != "" {
		newest, ok := versions[box.NewerThan]
		if !ok {
			return nil, fmt.Errorf("unknown version %q: expected 1.0, 1.1 or 1.2", box.NewerThan)
		}
		c.newest = newest
	}
	if len(c.names) == 0 && c.largest == 0 && c.newest == 0 {
		return wrap, nil
	}
	if box.At == atAccept {
		return nil, fmt.Errorf("a box at %s acts before there is a ClientHello to judge", atAccept)
	}
	return func(conn net.Conn) net.Conn {
		c := &judgedConn{Conn: conn, condition: c, wrap: wrap}
		c.way.Store(&way{conn})
		return c
	}, nil
}

// holds says whether the ClientHello that was sent as raw meets the condition.
func (c condition) holds(raw []byte) bool {
	hello, ok := parseHello(raw)
	return ok && len(raw) > c.largest && hello.newest > c.newest && c.minds(hello.name)
}

func (c condition) minds(name string) bool {
	return len(c.names) == 0 || name != "" && c.names.Match(name)
}

// judgedConn puts a box in the way of a connection when it has read the
// ClientHello, which is when the host's side first reads.
type judgedConn struct {
	net.Conn  // on the client's side
	condition condition
	wrap      wrapper
	judge     sync.Once
	way       atomic.Pointer[way]
}

// way is where a connection leads: through the box, or past it.
type way struct{ net.Conn }

func (c *judgedConn) look() {
	raw, err := readHello(c.Conn)
	var conn net.Conn = &unreadConn{Conn: c.Conn, unread: raw}
	if err == nil && c.condition.holds(raw) {
		conn = c.wrap(conn)
	}
	c.way.Store(&way{conn})
}

// NetConn is the box once there is one, and until then the connection on the
// client's side, as with [crypto/tls.Conn].
func (c *judgedConn) NetConn() net.Conn { return c.way.Load().Conn }

func (c *judgedConn) Read(b []byte) (int, error) {
	c.judge.Do(c.look)
	return c.way.Load().Read(b)
}

func (c *judgedConn) Write(b []byte) (int, error) { return c.way.Load().Write(b) }

// Close also ends what the box is doing.
func (c *judgedConn) Close() error { return c.way.Load().Close() }

// unreadConn gives what was read of a connection once more, then the rest.
type unreadConn struct {
	net.Conn
	unread []byte
}

// NetConn is the connection below, which lacks what was read.
func (c *unreadConn) NetConn() net.Conn { return c.Conn }

func (c *unreadConn) Read(b []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}
