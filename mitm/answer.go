package mitm

import (
	"net"
	"sync"
	"sync/atomic"
)

// answerConn is for the stages after the handshake: it counts what the host
// writes from then on, and acts when there is more than it passes.
type answerConn struct {
	net.Conn
	act     action
	answers atomic.Bool // the handshake has ended
	request atomic.Bool // the client has asked

	writing sync.Mutex // held by Write, also while the box acts
	left    int        // bytes that still pass

	acting chan struct{} // closed when the box begins to act
	acted  chan struct{} // closed when it has
	over   error         // set by then
}

func newAnswerConn(conn net.Conn, after int, act action) *answerConn {
	return &answerConn{Conn: conn, act: act, left: after, acting: make(chan struct{}), acted: make(chan struct{})}
}

// NetConn is the connection on the client's side, as with [crypto/tls.Conn].
func (c *answerConn) NetConn() net.Conn { return c.Conn }

func (c *answerConn) handshaken() { c.answers.Store(true) }
func (c *answerConn) asked()      { c.request.Store(true) }

// Read leaves the connection to the box once that acts, which may be while a
// read is under way.
func (c *answerConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	select {
	case <-c.acting:
		<-c.acted
		return 0, c.over
	default:
		return n, err
	}
}

// Write passes what may pass. Of the rest the client gets nothing: it is lost
// until the client has asked, and then makes the box act.
func (c *answerConn) Write(b []byte) (int, error) {
	if !c.answers.Load() {
		return c.Conn.Write(b)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	select {
	case <-c.acted:
		return 0, c.over
	default:
	}
	passed, err := c.pass(b[:min(c.left, len(b))])
	if err != nil || passed == len(b) {
		return passed, err
	}
	if !c.request.Load() {
		return len(b), nil
	}
	close(c.acting)
	c.over = c.act(c.Conn)
	close(c.acted)
	return passed, c.over
}

func (c *answerConn) pass(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, err := c.Conn.Write(b)
	c.left -= n
	return n, err
}
