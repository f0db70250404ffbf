package endpoint

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/tlslab/tlslab/mitm"
)

// serveHTTP lets net/http serve c, over TLS where ready is a TLS connection,
// and returns when it has.
func (e *Endpoint) serveHTTP(c *conn, ready net.Conn) {
	listener := &single{ready}
	// Serve returns as soon as the listener has no second connection. Its
	// error says that, or that the server was closed before the first.
	_ = e.http.Serve(listener)
	if listener.Conn == nil {
		<-c.served
	}
}

// single is a listener of one connection that is already there.
type single struct{ net.Conn }

func (s *single) Accept() (net.Conn, error) {
	if s.Conn == nil {
		return nil, net.ErrClosed
	}
	c := s.Conn
	s.Conn = nil
	return c, nil
}

func (s *single) Addr() net.Addr { return nil }

// Close closes the connection if nobody has taken it.
func (s *single) Close() error {
	if s.Conn == nil {
		return nil
	}
	return s.Conn.Close()
}

// track learns when net/http is done with a connection. One that a handler has
// taken over is done with when it is closed.
func track(ready net.Conn, state http.ConnState) {
	switch state {
	case http.StateClosed:
		connOf(ready).done()
	case http.StateHijacked:
		connOf(ready).hijacked.Store(true)
	}
}

func connOf(ready net.Conn) *conn {
	if t, ok := ready.(*tls.Conn); ok {
		ready = t.NetConn()
	}
	return ready.(*conn)
}

type connKey struct{}

func withConn(ctx context.Context, ready net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, connOf(ready))
}

// serveRequest lets the machine that has the connection answer. Over HTTP/2 a
// handler runs in a goroutine of its own, which can outlast its connection, so
// it is counted.
func (e *Endpoint) serveRequest(w http.ResponseWriter, r *http.Request) {
	if !e.activity.begin() {
		panic(http.ErrAbortHandler)
	}
	defer e.activity.end()
	c := r.Context().Value(connKey{}).(*conn)
	mitm.Asked(c)
	answer := &statusWriter{ResponseWriter: w, patience: e.http.ReadHeaderTimeout}
	done := c.seen.request(r.Method + " " + r.RequestURI)
	defer func() { done(answer.status) }()
	c.machine.handler.ServeHTTP(answer, r)
	if answer.status < http.StatusOK {
		answer.status = http.StatusOK
	}
}

// statusWriter remembers the status that a handler answers with.
type statusWriter struct {
	http.ResponseWriter
	status   int
	patience time.Duration // see [Config]
}

// Unwrap lets [http.ResponseController] find what the writer can do.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status < http.StatusOK { // informational ones can come before
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status < http.StatusOK {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}
