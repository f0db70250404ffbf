package endpoint

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// Config is what an endpoint is started with. All fields are needed, but Set
// may be nil for plain HTTP, Sign is for what is transparent, and without a
// Listener connections come by [Endpoint.Take] alone.
type Config struct {
	Name     string             // of the host, for messages
	Host     scenarios.Host     // how it speaks; a valid one
	Protocol scenarios.Protocol // what it speaks on this port
	Set      *certgen.Set       // the certificates that Host names
	Handler  http.Handler       // what it serves
	Listener net.Listener       // where the clients come in; it becomes the endpoint's own

	// Patience is how long a client may take for its side of a handshake, then
	// for the head of a request, and between two, and for its first byte once a
	// handler has taken its connection over. Zero means as long as it likes.
	Patience time.Duration

	// Sign makes the chain for a host that a client believes to speak to. It is
	// called for every handshake, and concurrently.
	Sign func(host string) (*Chain, error)
}

// Endpoint is a port of a host that is up. Its methods are safe for concurrent
// use.
type Endpoint struct {
	listener  net.Listener
	accepting chan struct{} // closed when the accept loop has ended
	machines  []*machine
	http      *http.Server
	ledger    ledger
	activity  activity

	mu    sync.Mutex
	conns map[*conn]struct{} // those that are open
}

// Start serves cfg.Host on cfg.Listener until Close. Whatever the host asks
// for and cannot be is an error at once, after which the listener is still the
// caller's. Until a client comes, an endpoint has one goroutine.
func Start(cfg Config) (*Endpoint, error) {
	machines, err := newMachines(cfg)
	if err != nil {
		return nil, fmt.Errorf("host %s: %w", cfg.Name, err)
	}
	e := &Endpoint{
		listener:  cfg.Listener,
		accepting: make(chan struct{}),
		machines:  machines,
		conns:     map[*conn]struct{}{},
	}
	e.http = &http.Server{
		Handler:           http.HandlerFunc(e.serveRequest),
		ErrorLog:          log.New(&e.ledger, "", 0),
		ConnState:         track,
		ConnContext:       withConn,
		ReadHeaderTimeout: cfg.Patience,
		IdleTimeout:       cfg.Patience,
	}
	if e.listener == nil {
		close(e.accepting)
		return e, nil
	}
	go e.accept()
	return e, nil
}

// Take serves conn as if it had come in by the listener. Its client has asked
// for host already, so that it is what [Config.Sign] signs for. After Close
// conn is closed.
func (e *Endpoint) Take(conn net.Conn, host string) {
	if !e.activity.begin() {
		_ = conn.Close()
		return
	}
	go e.serve(e.connect(conn, e.machines[0], host))
}

// Evidence is a copy of what the endpoint has seen so far.
func (e *Endpoint) Evidence() Evidence { return e.ledger.snapshot() }

// Settle waits until no connection is open, which is so soon after the clients
// have exited. Evidence that is taken earlier can lack what a client said last:
// the alert with which it left. The error is ctx's.
func (e *Endpoint) Settle(ctx context.Context) error { return e.activity.wait(ctx) }

// Close ends the listener and every connection, whatever they are at, and
// returns when all goroutines of the endpoint are done. The error is the
// listener's. Closing again does nothing.
func (e *Endpoint) Close() error {
	e.activity.close()
	var err error
	if e.listener != nil {
		err = e.listener.Close()
	}
	<-e.accepting
	// The connections go first, and below TLS: http.Server would close them
	// with an alert, for which it waits where a client does not read.
	for _, c := range e.open() {
		_ = c.Close()
	}
	_ = e.http.Close()
	_ = e.activity.wait(context.Background())
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (e *Endpoint) open() []*conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Collect(maps.Keys(e.conns))
}

// accept hands the connections to the machines in turn, strictly.
func (e *Endpoint) accept() {
	defer close(e.accepting)
	for i := 0; ; i++ {
		raw, err := e.listener.Accept()
		if err != nil {
			e.stop(err)
			return
		}
		if !e.activity.begin() {
			_ = raw.Close()
			return
		}
		go e.serve(e.connect(raw, e.machines[i%len(e.machines)], ""))
	}
}

// stop is for a listener that gives no more connections. If that is not
// because it was closed, it is closed now, so that clients are refused rather
// than kept waiting, and the reason is evidence.
func (e *Endpoint) stop(err error) {
	if !errors.Is(err, net.ErrClosed) {
		e.ledger.failed("accept: " + err.Error())
		_ = e.listener.Close()
	}
}

func (e *Endpoint) connect(raw net.Conn, m *machine, asked string) *conn {
	c := &conn{
		Conn: m.path(raw), endpoint: e, machine: m, asked: asked,
		seen: e.ledger.connection(m.number), served: make(chan struct{}),
		shaking: m.tls != nil,
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conns[c] = struct{}{}
	return c
}

func (e *Endpoint) forget(c *conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.conns, c)
}

// serve takes one connection to its end.
func (e *Endpoint) serve(c *conn) {
	defer e.activity.end()
	if c.machine.tls == nil {
		c.ready("")
		if words, ok := c.machine.says["none"]; ok {
			c.say(c, words)
			return
		}
		e.serveHTTP(c, c)
		return
	}
	server := tls.Server(c, c.machine.tls)
	err := e.handshake(server)
	c.handshaken(server.ConnectionState(), err)
	if err != nil {
		c.refuse(err)
		return
	}
	alpn := server.ConnectionState().NegotiatedProtocol
	c.ready(alpn)
	if words, ok := c.machine.says[cmp.Or(alpn, "none")]; ok {
		c.say(server, words)
		return
	}
	e.serveHTTP(c, server)
}

// handshake ends with an error when the client takes longer than the endpoint
// waits. That is then also how long a refused client has to leave.
func (e *Endpoint) handshake(server *tls.Conn) error {
	patience := e.http.ReadHeaderTimeout
	if patience == 0 {
		return server.Handshake()
	}
	err := server.SetReadDeadline(time.Now().Add(patience))
	if err == nil {
		err = server.Handshake()
	}
	if err == nil {
		err = server.SetReadDeadline(time.Time{})
	}
	return err
}
