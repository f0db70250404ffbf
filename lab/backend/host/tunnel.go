package host

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
)

// tunnel is an HTTP proxy that knows the hosts of one world. It hands each
// connection over to the listener of the host that the client asks for and is
// out of the way from then on.
type tunnel struct {
	listener  net.Listener
	addresses map[string]*listener // by key
	routes    map[string]*listener // by what a client asks for

	running sync.WaitGroup
	mu      sync.Mutex
	waiting map[net.Conn]bool // accepted and not handed over; nil when closed
}

// key is how the tunnel compares addresses; names have no case (RFC 4343), and
// the dot of the root at their end says nothing new.
func key(host, port string) string {
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(host), "."), port)
}

func serveTunnel(l net.Listener, plan backend.Plan) *tunnel {
	t := &tunnel{listener: l, addresses: map[string]*listener{}, waiting: map[net.Conn]bool{}}
	for _, a := range plan.Addresses {
		if k := key(a.Host, a.Port); a.Port != "" && t.addresses[k] == nil {
			t.addresses[k] = newListener(k)
		}
	}
	t.routes = routes(t.addresses, plan)
	t.running.Go(t.accept)
	return t
}

// pause is how long the tunnel lets descriptors become free when there are
// none for the next client, as net/http's server does.
const pause = 5 * time.Millisecond

func (t *tunnel) accept() {
	for {
		conn, err := t.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(pause)
			continue
		}
		t.mu.Lock()
		if t.waiting == nil {
			t.mu.Unlock()
			_ = conn.Close()
			return
		}
		t.waiting[conn] = true
		t.running.Go(func() { t.serve(conn) })
		t.mu.Unlock()
	}
}

// serve reads the head of a request and hands conn over.
func (t *tunnel) serve(conn net.Conn) {
	reader := bufio.NewReader(conn)
	to, replay, err := t.open(conn, reader)
	t.mu.Lock()
	mine := t.waiting[conn]
	delete(t.waiting, conn)
	t.mu.Unlock()
	if err != nil || !mine {
		_ = conn.Close()
		return
	}
	buffered, _ := reader.Peek(reader.Buffered())
	to.deliver(&handedOver{Conn: conn, unread: append(replay, buffered...)})
}

// open finds the listener that a request is for and what the host there has to
// read before the rest of the connection.
func (t *tunnel) open(conn net.Conn, reader *bufio.Reader) (to *listener, replay []byte, err error) {
	r, err := readHead(reader)
	if err != nil {
		return nil, nil, err
	}
	to = t.routes[r.key]
	switch {
	case to == nil:
		err = fmt.Errorf("%s is no host of this world", r.key)
		refuse(conn, err)
		return nil, nil, err
	case r.connect:
		_, err = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		return to, nil, err
	}
	return to, r.origin, nil
}

func refuse(conn net.Conn, why error) {
	body := "tlslab: " + why.Error() + "; the tunnel reaches nothing else\n"
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
}

// close ends the tunnel, its listeners, and every connection that nobody has
// taken over, and waits for its goroutines.
func (t *tunnel) close() error {
	err := t.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	t.mu.Lock()
	for conn := range t.waiting {
		_ = conn.Close()
	}
	t.waiting = nil
	t.mu.Unlock()
	for _, l := range t.addresses {
		_ = l.Close()
	}
	t.running.Wait()
	return err
}
