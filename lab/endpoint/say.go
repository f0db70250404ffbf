package endpoint

import (
	"crypto/tls"
	"io"
	"net"

	"github.com/tlslab/tlslab/mitm"
)

// say writes words in place of all that the host would serve, and ends the
// connection in good order. It waits for the client's first byte: what comes
// before that can overtake the end of a handshake in TLS, and is lost behind a
// proxy, whose answer to CONNECT net/http reads ahead.
func (c *conn) say(ready net.Conn, words string) {
	defer c.Close()
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		return
	}
	mitm.Asked(c)
	if _, err := io.WriteString(ready, words); err != nil {
		return
	}
	if t, ok := ready.(*tls.Conn); ok && t.CloseWrite() != nil {
		return
	}
	if mitm.HalfClose(c) == nil {
		_, _ = io.Copy(io.Discard, c) // unread bytes would make the kernel send a reset
	}
}
