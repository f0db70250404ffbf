package host

import (
	"net"
	"sync"
)

// listener gives the connections that the tunnel hands over to one address.
type listener struct {
	address addr
	conns   chan net.Conn
	closed  chan struct{}
	close   func()
}

func newListener(address string) *listener {
	l := &listener{address: addr(address), conns: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

// deliver waits until conn is accepted. It closes conn where l is closed.
func (l *listener) deliver(conn net.Conn) {
	select {
	case l.conns <- conn:
	case <-l.closed:
		_ = conn.Close()
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.close()
	return nil
}

func (l *listener) Addr() net.Addr { return l.address }

// addr is an address as the client names it.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

// handedOver is a connection whose beginning the tunnel has read.
type handedOver struct {
	net.Conn
	unread []byte
}

// Read gives what the tunnel has read but not used, then the rest.
func (c *handedOver) Read(p []byte) (int, error) {
	if len(c.unread) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// NetConn is the TCP connection itself, as of a [tls.Conn]: its options can be
// set, but what the tunnel has read is missing from it.
func (c *handedOver) NetConn() net.Conn { return c.Conn }
