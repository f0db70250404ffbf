package mitm

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// The stages of a connection at which a box can act.
const (
	atAccept    = "accept"    // before a byte is read
	atHello     = "hello"     // after the whole ClientHello
	atHandshake = "handshake" // when the client answers the host's first flight
	atResponse  = "response"  // instead of the host's first bytes after its handshake
	atBody      = "body"      // after some bytes of what the host writes after its handshake
)

// Stages are the stages of a connection that there are, in their order.
func Stages() []string { return []string{atAccept, atHello, atHandshake, atResponse, atBody} }

// action is what a box does once its stage has come. It may block until conn
// is closed at either end. The error is what the host's side meets from then
// on.
type action func(conn net.Conn) error

// staged is a kind of box that passes everything on until its stage has come.
func staged(act action) func(Box) (wrapper, error) {
	return func(box Box) (wrapper, error) {
		stage := box.At
		if stage == "" {
			stage = atHello
		}
		if !slices.Contains(Stages(), stage) {
			return nil, fmt.Errorf("unknown stage %q: expected %s", stage, strings.Join(Stages(), ", "))
		}
		if (stage == atBody) != (box.After > 0) {
			return nil, fmt.Errorf("%d bytes pass before it acts at %s: expected 1 or more at %s and 0 elsewhere", box.After, stage, atBody)
		}
		return func(conn net.Conn) net.Conn {
			if stage == atResponse || stage == atBody {
				return newAnswerConn(conn, box.After, act)
			}
			return &stagedConn{Conn: conn, stage: stage, act: act}
		}, nil
	}
}

// stagedConn is for the stages until the handshake. It looks for its stage
// whenever the host's side reads, since that is when a connection goes on.
type stagedConn struct {
	net.Conn
	stage string
	act   action
	wrote atomic.Bool

	reading sync.Mutex // held by Read, also while the box acts
	begun   bool       // the first bytes were looked at
	speaks  bool       // they were a ClientHello
	over    error      // set once the box has acted
	pending []byte     // what the box has read and not yet passed on
}

// NetConn is the connection on the client's side, as with [crypto/tls.Conn].
func (c *stagedConn) NetConn() net.Conn { return c.Conn }

func (c *stagedConn) Write(b []byte) (int, error) {
	c.wrote.Store(true)
	return c.Conn.Write(b)
}

func (c *stagedConn) Read(b []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.over == nil && c.reached() {
		c.over = c.act(c.Conn)
	}
	if c.over != nil {
		return 0, c.over
	}
	if len(c.pending) > 0 {
		n := copy(b, c.pending)
		c.pending = c.pending[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// reached says whether the stage has come. Until then it leaves in pending
// what it had to read to know. A connection that does not begin with a
// ClientHello has no stage but accept: a box that looks for TLS lets other
// protocols be.
func (c *stagedConn) reached() bool {
	if c.stage == atAccept {
		return true
	}
	first := !c.begun
	if first {
		c.readHello()
	}
	if c.stage == atHello {
		return first && c.speaks
	}
	return c.speaks && c.wrote.Load() && c.answered()
}

func (c *stagedConn) readHello() {
	raw, err := readHello(c.Conn)
	c.begun, c.speaks, c.pending = true, err == nil, raw
}

// answered waits for the client's answer to the first bytes that the host has
// written: its first flight, or a HelloRetryRequest. A host reads again only
// when those are out, and the answer proves that the client has them, whereas
// a reset that is sent before can overtake them.
func (c *stagedConn) answered() bool {
	if _, err := c.Conn.Read(make([]byte, 1)); err != nil {
		c.over = err
		return false
	}
	return true
}
