package endpoint

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tlslab/tlslab/mitm"
)

// Hijack lets a handler take the connection over, as a proxy does for CONNECT.
// The status of the answer is then what the handler writes first. The
// connection gives all that is unread, so the buffers are empty.
func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, both, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	unread, _ := both.Reader.Peek(both.Reader.Buffered())
	taken := &hijacked{Conn: conn, reader: io.MultiReader(bytes.NewReader(bytes.Clone(unread)), conn), answer: w}
	both.Reader.Reset(taken)
	if w.patience > 0 && len(unread) == 0 {
		taken.silent.Store(true)
		err = conn.SetReadDeadline(time.Now().Add(w.patience))
	}
	return taken, both, err
}

// hijacked is a connection without a server. It belongs to the handler, but
// its first Write must not come after the handler has returned.
type hijacked struct {
	net.Conn
	reader io.Reader     // what net/http has read, and then the rest
	answer *statusWriter // nil once it has a status
	silent atomic.Bool   // the client has a deadline for its first byte
}

// NetConn is the connection below, which lacks what net/http has read.
func (h *hijacked) NetConn() net.Conn { return h.Conn }

func (h *hijacked) Read(b []byte) (int, error) {
	n, err := h.reader.Read(b)
	if n > 0 && h.silent.Swap(false) {
		err = errors.Join(err, h.Conn.SetReadDeadline(time.Time{}))
	}
	return n, err
}

// SetDeadline takes the place of the deadline for the first byte.
func (h *hijacked) SetDeadline(t time.Time) error {
	h.silent.Store(false)
	return h.Conn.SetDeadline(t)
}

// SetReadDeadline takes the place of the deadline for the first byte.
func (h *hijacked) SetReadDeadline(t time.Time) error {
	h.silent.Store(false)
	return h.Conn.SetReadDeadline(t)
}

func (h *hijacked) Write(b []byte) (int, error) {
	if h.answer != nil {
		var minor int
		_, _ = fmt.Sscanf(string(b[:min(len(b), len("HTTP/1.1 200"))]), "HTTP/1.%d %d", &minor, &h.answer.status)
		h.answer = nil
	}
	return h.Conn.Write(b)
}

// CloseWrite ends what is sent, in TLS by a close_notify alone, while the
// client can still be read.
func (h *hijacked) CloseWrite() error {
	if t, ok := h.Conn.(*tls.Conn); ok {
		return t.CloseWrite()
	}
	return mitm.HalfClose(h.Conn)
}

// CloseRead does nothing: who does not read need not tell.
func (h *hijacked) CloseRead() error { return nil }
