package endpoint

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tlslab/tlslab/mitm"
)

// conn is a client's connection as the host's machine meets it, behind the
// middleboxes. It leaves evidence and tells the endpoint when it is closed.
type conn struct {
	net.Conn
	endpoint *Endpoint
	machine  *machine
	asked    string // the host that its client has asked for before TLS
	seen     *record

	served   chan struct{} // closed when net/http is done with it, and whoever took it over
	serving  sync.Once
	hijacked atomic.Bool

	// While shaking is true the connection belongs to one goroutine, and
	// afterwards these do not change.
	shaking  bool
	received int      // bytes
	flown    bool     // the server's first flight was written
	chosen   []string // the chain that is in it
}

// NetConn is the connection below, for what looks for TCP.
func (c *conn) NetConn() net.Conn { return c.Conn }

func (c *conn) Close() error {
	c.endpoint.forget(c)
	err := c.Conn.Close()
	if c.hijacked.Load() {
		c.done()
	}
	return err
}

// done ends the serving of the connection.
func (c *conn) done() { c.serving.Do(func() { close(c.served) }) }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.shaking {
		c.received += n
	}
	return n, err
}

const recordHandshake = 22 // RFC 8446, section 5.1

func (c *conn) Write(b []byte) (int, error) {
	if c.shaking && len(b) > 0 && b[0] == recordHandshake {
		c.flown = true
	}
	return c.Conn.Write(b)
}

// hello notes the ClientHello. Nothing else has been received by then: a
// client waits for the answer.
func (c *conn) hello(hello *tls.ClientHelloInfo) {
	c.seen.update(func(s *Connection) {
		s.Hello = c.received
		s.SNI = hello.ServerName
		s.Offers = hello.SupportedProtos
		for _, v := range hello.SupportedVersions {
			s.Versions = append(s.Versions, versionName(v))
		}
	})
}

// handshaken notes how a handshake ended. What was chosen counts as presented
// when the server's flight went out: a handshake can also fail before.
func (c *conn) handshaken(state tls.ConnectionState, err error) {
	c.shaking = false
	c.seen.update(func(s *Connection) {
		if c.flown {
			s.Presented = c.chosen
			s.Version = versionName(state.Version)
			s.Cipher = tls.CipherSuiteName(state.CipherSuite)
			s.ALPN = state.NegotiatedProtocol
		}
		if err != nil {
			s.Error = err.Error()
		}
	})
}

// ready tells the middleboxes that HTTP begins. Whatever a host writes in
// HTTP/1 is an answer; in HTTP/2 it has settings to tell before.
func (c *conn) ready(alpn string) {
	mitm.Handshaken(c)
	if alpn != "h2" {
		mitm.Asked(c)
	}
}

// versionName is "1.2" for TLS 1.2, and hexadecimal for what is no version, as
// the reserved values of RFC 8701.
func versionName(version uint16) string {
	return strings.TrimPrefix(tls.VersionName(version), "TLS ")
}

// refuse ends a connection whose handshake failed. It closes one direction and
// waits for the client to close the other: bytes that nobody read would make
// the kernel send a reset, which can overtake the alert.
func (c *conn) refuse(err error) {
	if record, ok := err.(tls.RecordHeaderError); ok && record.Conn != nil && looksLikeHTTP(record.RecordHeader) {
		_, _ = io.WriteString(record.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
	}
	if mitm.HalfClose(c) == nil {
		_, _ = io.Copy(io.Discard, c)
	}
	_ = c.Close()
}

// looksLikeHTTP knows plain HTTP by the first bytes of a request line, as
// net/http does.
func looksLikeHTTP(header [5]byte) bool {
	switch string(header[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO":
		return true
	}
	return false
}
