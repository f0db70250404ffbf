package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

// large is more than the kernel takes of an answer that nobody reads.
const large = 8 << 20

// crowd is a world of many hosts behind an intercepting proxy. They serve a
// page, and at /large a large one.
func crowd(hosts int) scenarios.World {
	w := scenarios.World{
		Certificates: map[string]certgen.Spec{"root": {CA: true}, "gateway-ca": {CA: true, Subject: "CN=Gateway CA"}},
		Hosts: map[string]scenarios.Host{"gateway.corp.test": {
			Serves: scenarios.ForwardProxy, Listens: map[string]scenarios.Protocol{"3128": scenarios.SpeaksHTTP},
			Proxy: &scenarios.Proxy{Intercepts: []string{"*"}, SignsWith: "gateway-ca", Trusts: []string{"root"}},
		}},
		Client: scenarios.Client{Run: scenarios.Command{"go", "version"}},
	}
	answers := []scenarios.Answer{{Path: "/large", Body: strings.Repeat("x", large)}}
	for i := range hosts {
		name := fmt.Sprintf("h%d.corp.test", i)
		w.Certificates[name] = certgen.Spec{Issuer: "root", Names: []string{name}}
		w.Hosts[name] = scenarios.Host{Serves: scenarios.Page, Presents: []string{name}, Answers: answers}
	}
	return w
}

// crowded is a crowd that is up, as its clients meet it.
type crowded struct {
	*World
	proxy string         // host:port
	roots *x509.CertPool // what the clients trust
}

func upCrowd(t *testing.T, l *Lab, w scenarios.World, trusts string) *crowded {
	world, err := l.Up(t.Context(), w)
	require.NoError(t, err)
	root, err := world.Certificates().Certificate(trusts).Parse()
	require.NoError(t, err)
	c := &crowded{World: world, roots: x509.NewCertPool()}
	c.roots.AddCert(root)
	c.proxy = world.machine.Reach(backend.Address{Host: "gateway.corp.test", Port: "3128"})
	return c
}

// connect opens a tunnel to host:443 through the proxy.
func (c *crowded) connect(host string) (*net.TCPConn, error) {
	conn, err := net.Dial("tcp", c.proxy)
	if err != nil {
		return nil, err
	}
	if err := grant(conn, host); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn.(*net.TCPConn), nil
}

// grant asks a proxy for host:443.
func grant(conn net.Conn, host string) error {
	if _, err := fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("CONNECT %s:443: the proxy answers %s: expected 200", host, answer.Status)
	}
	return err
}

func (c *crowded) config(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: c.roots}
}

// get asks for a path over a tunnel and reads the answer up to most bytes of
// its body.
func (c *crowded) get(conn net.Conn, host, path string, most int64) (read int64, err error) {
	client := tls.Client(conn, c.config(host))
	if _, err := fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s%s: the answer is %s: expected 200", host, path, answer.Status)
	}
	return io.Copy(io.Discard, io.LimitReader(answer.Body, most))
}

// visit is a request for a page that is served as it should be.
func (c *crowded) visit(host string) error {
	conn, err := c.connect(host)
	if err != nil {
		return err
	}
	defer conn.Close()
	return c.readPage(conn, host)
}

func (c *crowded) readPage(conn net.Conn, host string) error {
	read, err := c.get(conn, host, "/", large)
	if err == nil && read == 0 {
		err = fmt.Errorf("%s: the page is empty", host)
	}
	return err
}

// stays are what a client does once it has its tunnel, and at which moment it
// leaves.
var stays = []struct {
	moment string
	stay   func(c *crowded, conn net.Conn, host string) error
}{
	{"after the page", (*crowded).readPage},
	{"after CONNECT", func(*crowded, net.Conn, string) error { return nil }},
	{"in the hello", func(c *crowded, conn net.Conn, host string) error {
		return left(tls.Client(&leaver{conn, 2}, c.config(host)).Handshake())
	}},
	{"after the hello", func(c *crowded, conn net.Conn, host string) error {
		return left(tls.Client(&leaver{conn, 1}, c.config(host)).Handshake())
	}},
	{"after the host's flight", func(c *crowded, conn net.Conn, host string) error {
		config := c.config(host)
		config.VerifyConnection = func(tls.ConnectionState) error {
			return errors.Join(conn.Close(), net.ErrClosed)
		}
		return left(tls.Client(conn, config).Handshake())
	}},
	{"in the body", func(c *crowded, conn net.Conn, host string) error {
		const most = 64 << 10
		read, err := c.get(conn, host, "/large", most)
		if err == nil && read != most {
			err = fmt.Errorf("%s: %d bytes of the large page: expected %d", host, read, most)
		}
		return err
	}},
}

// leaver is the connection of a client that leaves after one part of its first
// flight, of so many parts.
type leaver struct {
	net.Conn
	parts int
}

func (l *leaver) Write(b []byte) (int, error) {
	n, err := l.Conn.Write(b[:len(b)/l.parts])
	return n, errors.Join(err, l.Close(), net.ErrClosed)
}

// left is nil for an error that says that the client itself has left.
func left(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("the client should have left: %w", err)
}

// rush lets clients come at once: none goes on before all have their tunnels.
// Every other one leaves by a reset.
func (c *crowded) rush(t *testing.T, clients, hosts int) {
	t.Helper()
	var granted, gone sync.WaitGroup
	granted.Add(clients)
	for i := range clients {
		gone.Go(func() {
			host := fmt.Sprintf("h%d.corp.test", i%hosts)
			conn, err := c.connect(host)
			granted.Done()
			if !assert.NoError(t, err) {
				return
			}
			defer conn.Close()
			granted.Wait()
			if i%2 == 0 {
				assert.NoError(t, conn.SetLinger(0))
			}
			stay := stays[i/2%len(stays)]
			assert.NoError(t, stay.stay(c, conn, host), "%s, leaving %s", host, stay.moment)
		})
	}
	gone.Wait()
}

// held is what this process holds on to, once everything that is under way has
// ended.
type held struct {
	descriptors int
	heap        int64 // bytes
}

// settle fails where a connection is still open long after its client has left.
func (c *crowded) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	require.NoError(t, c.Settle(ctx), "connections are open whose clients have left")
}

// holds waits for the end of all goroutines that are not in before.
func (c *crowded) holds(t *testing.T, before goleak.Option) held {
	t.Helper()
	c.settle(t)
	require.NoError(t, goleak.Find(before))
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools give up at the first goes at the second
	runtime.ReadMemStats(&m)
	return held{descriptors(t), int64(m.HeapAlloc)}
}

// Two hundred clients at once ask a proxy for fifty hosts, again and again, and
// most of them leave before they have what they came for. The proxy keeps
// nothing of them and goes on serving.
func TestProxyUnderLoad(t *testing.T) {
	const hosts, clients, rounds = 50, 200, 3
	// growth is how much of the heap the rounds may keep, in bytes: less than
	// half a KiB a client.
	const growth = 256 << 10
	l := newTestLab(t)
	unopened := descriptors(t)
	world := upCrowd(t, l, crowd(hosts), "gateway-ca")
	idle, opened := goleak.IgnoreCurrent(), descriptors(t)
	world.rush(t, clients, hosts) // fills what is kept for good: a leaf for each host
	first := world.holds(t, idle)
	assert.Equal(t, opened, first.descriptors)
	for range rounds {
		world.rush(t, clients, hosts)
	}
	last := world.holds(t, idle)
	assert.Equal(t, opened, last.descriptors)
	assert.Less(t, last.heap-first.heap, int64(growth), "bytes kept of %d clients", rounds*clients)
	t.Logf("%d clients left %d bytes on the heap", rounds*clients, last.heap-first.heap)
	for i := range hosts {
		assert.NoError(t, world.visit(fmt.Sprintf("h%d.corp.test", i)))
	}
	world.settle(t)
	// Each client comes twice: to the proxy, and in its tunnel.
	assert.Equal(t, 2*((1+rounds)*clients+hosts), world.Evidence()["gateway.corp.test"].Connections)
	require.NoError(t, world.Close())
	assert.Equal(t, unopened, descriptors(t))
}
