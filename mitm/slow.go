package mitm

import (
	"fmt"
	"iter"
	"net"
	"slices"
	"sync"
	"time"
)

// slow is a box that passes bytes on to the client at a rate: a drip where that
// is small, a narrow line where it is large.
func slow(box Box) (wrapper, error) {
	if box.Rate < 1 {
		return nil, fmt.Errorf("rate is %d: expected 1 or more bytes a second", box.Rate)
	}
	if box.At != "" {
		return nil, fmt.Errorf("it slows the whole connection: expected no stage, found %q", box.At)
	}
	return func(conn net.Conn) net.Conn {
		return &slowConn{Conn: conn, rate: box.Rate, closed: make(chan struct{})}
	}, nil
}

// slowConn lets the host write as fast as the client is sent to.
type slowConn struct {
	net.Conn
	rate   int // bytes a second
	close  sync.Once
	closed chan struct{}

	writing sync.Mutex // held by Write
	next    time.Time  // when the line is free again
}

// NetConn is the connection on the client's side, as with [crypto/tls.Conn].
func (c *slowConn) NetConn() net.Conn { return c.Conn }

func (c *slowConn) Close() error {
	c.close.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// Write sends pieces, and waits after each as long as it takes on the line.
func (c *slowConn) Write(b []byte) (written int, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if now := time.Now(); c.next.Before(now) {
		c.next = now // an idle line saves nothing up
	}
	for piece := range c.pieces(b) {
		if err := c.wait(); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
		c.next = c.next.Add(time.Duration(n) * time.Second / time.Duration(c.rate))
	}
	return written, nil
}

// pieces are what the line takes in a hundredth of a second, or single bytes.
func (c *slowConn) pieces(b []byte) iter.Seq[[]byte] {
	return slices.Chunk(b, max(1, c.rate/100))
}

// wait returns when the line is free, or the connection closed.
func (c *slowConn) wait() error {
	free := time.NewTimer(time.Until(c.next))
	defer free.Stop()
	select {
	case <-free.C:
		return nil
	case <-c.closed:
		return net.ErrClosed
	}
}
