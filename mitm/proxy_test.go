package mitm

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// world is a proxy and a far host that it reaches under every name.
type world struct {
	t      *testing.T
	near   string // the proxy's address
	far    net.Listener
	dialed chan string
}

func serveProxy(t *testing.T, cfg ProxyConfig) *world {
	t.Helper()
	far, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = far.Close() })
	w := &world{t: t, far: far, dialed: make(chan string, 16)}
	if cfg.Dial == nil {
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			w.dialed <- address
			return new(net.Dialer).DialContext(ctx, network, far.Addr().String())
		}
	}
	w.near = serve(t, NewProxy(cfg))
	return w
}

// serve serves a handler on loopback until the test has ended.
func serve(t testing.TB, h http.Handler) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: h}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return l.Addr().String()
}

// ask sends a request to the proxy and reads the head of the answer.
func (w *world) ask(lines ...string) (net.Conn, *bufio.Reader, *http.Response) {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.near)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n")
	require.NoError(w.t, err)
	reader := bufio.NewReader(conn)
	method, _, _ := strings.Cut(lines[0], " ")
	answer, err := http.ReadResponse(reader, &http.Request{Method: method})
	require.NoError(w.t, err)
	return conn, reader, answer
}

func TestProxyTunnels(t *testing.T) {
	t.Parallel()
	for _, leaves := range []string{"client", "host"} {
		t.Run(leaves+" leaves first", func(t *testing.T) {
			t.Parallel()
			w := serveProxy(t, ProxyConfig{})
			client, reader, answer := w.ask("CONNECT far.corp.test:443 HTTP/1.1", "Host: far.corp.test:443")
			assert.Equal(t, http.StatusOK, answer.StatusCode)
			assert.Equal(t, "far.corp.test:443", <-w.dialed)
			host, err := w.far.Accept()
			require.NoError(t, err)
			defer host.Close()
			_, err = io.WriteString(client, "ping")
			require.NoError(t, err)
			got := make([]byte, 4)
			_, err = io.ReadFull(host, got)
			require.NoError(t, err)
			assert.Equal(t, "ping", string(got))
			_, err = io.WriteString(host, "pong")
			require.NoError(t, err)
			_, err = io.ReadFull(reader, got)
			require.NoError(t, err)
			assert.Equal(t, "pong", string(got))

			first, second := net.Conn(client), io.Reader(host)
			if leaves == "host" {
				first, second = host, reader
			}
			require.NoError(t, first.Close())
			_, err = io.ReadAll(second)
			require.NoError(t, err)
		})
	}
}

func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	const head = "CONNECT far.corp.test:443 HTTP/1.1"
	users := ProxyConfig{Users: map[string]string{"user": "secret:"}}
	unreachable := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no way") }
	for name, test := range map[string]struct {
		cfg    ProxyConfig
		lines  []string
		status int
	}{
		"no credentials":           {users, []string{head}, 407},
		"another scheme":           {users, []string{head, "Proxy-Authorization: Bearer dXNlcjpzZWNyZXQ6"}, 407},
		"no base64":                {users, []string{head, "Proxy-Authorization: Basic !"}, 407},
		"another password":         {users, []string{head, "Proxy-Authorization: Basic dXNlcjp4"}, 407},
		"another user":             {users, []string{head, "Proxy-Authorization: Basic eDpzZWNyZXQ6"}, 407},
		"no password":              {users, []string{head, "Proxy-Authorization: Basic eA=="}, 407},
		"the right credentials":    {users, []string{head, "Proxy-Authorization: basic dXNlcjpzZWNyZXQ6"}, 200},
		"no credentials, no TLS":   {users, []string{"GET http://far.corp.test/ HTTP/1.1"}, 407},
		"a forbidden host":         {ProxyConfig{Forbids: Patterns{"*.corp.test"}}, []string{head}, 403},
		"a forbidden host, no TLS": {ProxyConfig{Forbids: Patterns{"*.corp.test"}}, []string{"GET http://far.corp.test/ HTTP/1.1"}, 403},
		"a bad gateway":            {ProxyConfig{Connect: BadGateway}, []string{head}, 502},
		"an unreachable host":      {ProxyConfig{Dial: unreachable}, []string{head}, 502},
		"the same, no TLS":         {ProxyConfig{Dial: unreachable}, []string{"GET http://far.corp.test/ HTTP/1.1"}, 502},
		"a request to itself":      {ProxyConfig{}, []string{"GET / HTTP/1.1"}, 400},
		"no port":                  {ProxyConfig{}, []string{"CONNECT far.corp.test HTTP/1.1"}, 400},
		"port 0":                   {ProxyConfig{}, []string{"CONNECT far.corp.test:0 HTTP/1.1"}, 400},
		"port 65536":               {ProxyConfig{}, []string{"CONNECT far.corp.test:65536 HTTP/1.1"}, 400},
		"port 65535":               {ProxyConfig{}, []string{"CONNECT far.corp.test:65535 HTTP/1.1"}, 200},
		"no name":                  {ProxyConfig{}, []string{"CONNECT :443 HTTP/1.1"}, 400},
		"a user's host":            {ProxyConfig{}, []string{"CONNECT user@far.corp.test:443 HTTP/1.1"}, 400},
		"a path":                   {ProxyConfig{}, []string{"CONNECT far.corp.test:443/a HTTP/1.1"}, 400},
		"a query":                  {ProxyConfig{}, []string{"CONNECT far.corp.test:443?a HTTP/1.1"}, 400},
		"a path alone":             {ProxyConfig{}, []string{"CONNECT /far.corp.test:443 HTTP/1.1"}, 400},
		"an address":               {ProxyConfig{}, []string{"CONNECT [::1]:443 HTTP/1.1"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serveProxy(t, test.cfg)
			_, _, answer := w.ask(append(test.lines, "Host: far.corp.test")...)
			assert.Equal(t, test.status, answer.StatusCode)
			if test.status == http.StatusProxyAuthRequired {
				assert.Contains(t, answer.Header.Get("Proxy-Authenticate"), "Basic ")
			}
		})
	}
}

// The environment of this process is not the proxy's: goproxy reads it.
func TestProxyMindsNoEnvironment(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	w := serveProxy(t, ProxyConfig{})
	_, _, answer := w.ask("CONNECT far.corp.test:443 HTTP/1.1", "Host: far.corp.test:443")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Equal(t, "far.corp.test:443", <-w.dialed)
}

func TestProxyLeavesConnectUnanswered(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	answered := make(chan any)
	proxy := NewProxy(ProxyConfig{Connect: Unanswered})
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { answered <- recover() }()
		close(asked)
		proxy.ServeHTTP(w, r)
	}))
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	_, err = io.WriteString(conn, "CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\n")
	require.NoError(t, err)
	<-asked
	select {
	case <-answered:
		assert.Fail(t, "the proxy does not wait for the client to leave")
	default:
	}
	require.NoError(t, conn.Close())
	assert.Equal(t, http.ErrAbortHandler, <-answered)
}

func TestProxyHandsOver(t *testing.T) {
	t.Parallel()
	taken := make(chan net.Conn, 1)
	w := serveProxy(t, ProxyConfig{
		Intercepts: Patterns{"far.corp.test"},
		Intercept: func(client net.Conn, address string) {
			assert.Equal(t, "far.corp.test:8443", address)
			taken <- client
		},
	})
	client, _, answer := w.ask("CONNECT far.corp.test:8443 HTTP/1.1", "Host: far.corp.test:8443")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	_, err := io.WriteString(client, "hello")
	require.NoError(t, err)
	conn := <-taken
	defer conn.Close()
	got := make([]byte, 5)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(got))
	assert.Empty(t, w.dialed)
}

// What passes through an intercepted connection goes to https at its host,
// verified, changed, and as it was sent.
func TestProxyForwards(t *testing.T) {
	t.Parallel()
	certificate, err := certificate()
	require.NoError(t, err)
	for _, verifies := range []bool{true, false} {
		t.Run(fmt.Sprintf("verifies %t", verifies), func(t *testing.T) {
			t.Parallel()
			far, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
			require.NoError(t, err)
			origin := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprint(w, r.Host, r.URL, r.Header.Get("Accept-Encoding"))
			})}
			ended := make(chan struct{})
			go func() { defer close(ended); _ = origin.Serve(far) }()
			defer func() { _ = origin.Close(); <-ended }()
			proxy := NewProxy(ProxyConfig{
				Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
					assert.Equal(t, "far.corp.test:8443", address)
					return new(net.Dialer).DialContext(ctx, network, far.Addr().String())
				},
				TLS: &tls.Config{InsecureSkipVerify: !verifies},
				Change: func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						r.URL.Path += "/changed"
						next.ServeHTTP(w, r)
					})
				},
			})
			r, err := http.NewRequest("GET", "http://"+serve(t, proxy.Intercepted())+"/a", nil)
			require.NoError(t, err)
			r.Host = "far.corp.test:8443"
			r.Header.Set("Accept-Encoding", "zstd")
			r.Close = true
			answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
			require.NoError(t, err)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			if verifies {
				assert.Equal(t, http.StatusBadGateway, answer.StatusCode)
				assert.Contains(t, string(body), "x509: ")
				return
			}
			assert.Equal(t, "far.corp.test:8443/a/changedzstd", string(body))
		})
	}
}
