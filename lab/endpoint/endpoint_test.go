package endpoint

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

func TestHTTP1AndHTTP2(t *testing.T) {
	t.Parallel()
	for proto, alpn := range map[string][]string{"HTTP/1.1": {"http/1.1"}, "HTTP/2.0": nil} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
			config := r.client()
			config.NextProtos = alpn
			resp, body, err := r.get("https://proxy.corp.test/some/path?go-get=1", config)
			require.NoError(t, err)
			assert.Equal(t, proto, resp.Proto)
			assert.Contains(t, body, "Welcome")
			assert.Equal(t, []Request{{"GET /some/path?go-get=1", 200}}, r.seen().Requests)
		})
	}
}

func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksHTTP, scenarios.Host{})
	resp, _, err := r.get("http://proxy.corp.test/", &tls.Config{})
	require.NoError(t, err)
	assert.Equal(t, 200, resp.StatusCode)
	seen := r.seen()
	assert.Equal(t, Connection{Requests: []Request{{"GET /", 200}}}, seen)
}

func TestPlainHTTPOnTheTLSPort(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksHTTP, scenarios.Host{})
	_, _, err := r.get("https://proxy.corp.test/", r.client())
	assert.EqualError(t, err, `Get "https://proxy.corp.test/": http: server gave HTTP response to HTTPS client`)
}

func TestHTTPRequestOnATLSPort(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
	resp, body, err := r.get("http://proxy.corp.test/", &tls.Config{})
	require.NoError(t, err)
	assert.Equal(t, 400, resp.StatusCode)
	assert.Equal(t, "Client sent an HTTP request to an HTTPS server.\n", body)
	assert.Equal(t, "tls: first record does not look like a TLS handshake", r.seen().Error)
}

func TestCutBody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		alpn []string
		err  string
	}{
		"HTTP/1.1": {[]string{"http/1.1"}, "unexpected EOF"},
		"HTTP/2.0": {nil, "stream error: stream ID 1; INTERNAL_ERROR; received from peer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, scenarios.SpeaksTLS, scenarios.Host{Answers: []scenarios.Answer{{Path: "/**", Cut: true}}})
			config := r.client()
			config.NextProtos = test.alpn
			resp, _, err := r.get("https://proxy.corp.test/a/b", config)
			assert.EqualError(t, err, test.err)
			assert.Equal(t, name, resp.Proto)
			assert.Equal(t, []Request{{"GET /a/b", 200}}, r.seen().Requests)
		})
	}
}

func TestMiddleboxes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		box    scenarios.Middlebox
		client string
		server string
	}{
		"reset after the hello":    {scenarios.Middlebox{Box: scenarios.BoxReset}, "connection reset by peer", "connection reset by peer"},
		"close after the hello":    {scenarios.Middlebox{Box: scenarios.BoxClose, At: scenarios.AtHello}, "EOF", "EOF"},
		"close on accept":          {scenarios.Middlebox{Box: scenarios.BoxClose, At: scenarios.AtAccept}, "EOF", "EOF"},
		"reset after first flight": {scenarios.Middlebox{Box: scenarios.BoxReset, At: scenarios.AtHandshake}, "connection reset by peer", "connection reset by peer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, scenarios.SpeaksTLS, scenarios.Host{
				Behind: []scenarios.Middlebox{test.box},
				TLS:    &scenarios.TLS{Max: "1.2"}, // a client of 1.3 may be writing its request by then
			})
			_, _, err := r.get("https://proxy.corp.test/", r.client())
			require.Error(t, err)
			assert.True(t, strings.HasSuffix(err.Error(), test.client), err)
			assert.Equal(t, test.server, r.seen().Error)
		})
	}
}

func TestBackendsTakeTurns(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{Backends: []scenarios.Patch{
		scenarios.Patch(`{}`), scenarios.Patch(`{"presents":["proxy"]}`), scenarios.Patch(`{"answers":[{"status":503}]}`),
	}})
	var got []string
	for range 6 {
		resp, _, err := r.get("https://proxy.corp.test/", r.client())
		if err != nil {
			got = append(got, errors.Unwrap(err).Error())
			continue
		}
		got = append(got, resp.Status)
	}
	unknown := "tls: failed to verify certificate: x509: certificate signed by unknown authority"
	turn := []string{"200 OK", unknown, "503 Service Unavailable"}
	assert.Equal(t, append(turn, turn...), got)
	var backends []int
	for _, c := range r.Evidence().Seen {
		backends = append(backends, c.Backend)
	}
	assert.Equal(t, []int{1, 2, 3, 1, 2, 3}, backends)
}

func TestEvidenceOfTheHello(t *testing.T) {
	t.Parallel()
	sizes := map[bool]int{}
	for _, postQuantum := range []bool{true, false} {
		r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
		config := r.client()
		if !postQuantum {
			config.CurvePreferences = []tls.CurveID{tls.X25519}
		}
		_, _, err := r.get("https://proxy.corp.test/", config)
		require.NoError(t, err)
		seen := r.seen()
		assert.Equal(t, []string{"1.3", "1.2"}, seen.Versions)
		assert.Equal(t, []string{"h2", "http/1.1"}, seen.Offers)
		assert.Equal(t, []string{"proxy", "intermediate"}, seen.Presented)
		sizes[postQuantum] = seen.Hello
	}
	assert.Greater(t, sizes[true], 1400)
	assert.Less(t, sizes[false], 400)
}

func TestEvidenceAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Evidence{Connections: 1, Seen: []Connection{{
		SNI: name, Hello: 300, Error: "EOF", Requests: []Request{{Request: "GET /"}},
	}}})
	require.NoError(t, err)
	assert.Equal(t, `{"connections":1,"seen":[{"sni":"proxy.corp.test","hello":300,"error":"EOF","requests":[{"request":"GET /"}]}]}`, string(text))
	empty, err := json.Marshal(Evidence{})
	require.NoError(t, err)
	assert.Equal(t, `{"connections":0}`, string(empty))
}

func TestEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksHTTP, scenarios.Host{})
	for range bound + 3 {
		_, _, err := r.get("http://proxy.corp.test/", &tls.Config{})
		require.NoError(t, err)
	}
	e := r.Evidence()
	assert.Equal(t, bound+3, e.Connections)
	assert.Len(t, e.Seen, bound)
	assert.Equal(t, 3, e.Dropped)
}

func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	var l ledger
	c := l.connection(0)
	for range bound + 2 {
		c.request("GET /")(200)
	}
	seen := l.snapshot().Seen[0]
	assert.Len(t, seen.Requests, bound)
	assert.Equal(t, 2, seen.Dropped)
}

func TestMerge(t *testing.T) {
	t.Parallel()
	many := Evidence{Connections: bound, Seen: make([]Connection, bound), Errors: []string{"a"}}
	few := Evidence{Connections: 3, Seen: []Connection{{SNI: "x"}, {SNI: "y"}}, Dropped: 1, Errors: []string{"b"}}
	asked := Evidence{Queries: make([]Query, bound)}
	assert.Equal(t, few, Evidence{}.Merge(few))
	merged := few.Merge(many)
	assert.Equal(t, bound+3, merged.Connections)
	assert.Len(t, merged.Seen, bound)
	assert.Equal(t, "y", merged.Seen[1].SNI)
	assert.Equal(t, 3, merged.Dropped)
	assert.Equal(t, []string{"b", "a"}, merged.Errors)
	assert.Len(t, few.Seen, 2)
	assert.Equal(t, asked.Queries, few.Merge(asked).Merge(asked).Queries)
}

func TestAHandlerThatPanicsIsEvidence(t *testing.T) {
	t.Parallel()
	r := startWith(t, scenarios.SpeaksHTTP, scenarios.Host{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("broken")
	}))
	_, _, err := r.get("http://proxy.corp.test/", &tls.Config{})
	require.Error(t, err)
	require.NoError(t, r.Settle(t.Context()))
	errs := r.Evidence().Errors
	require.Len(t, errs, 1)
	assert.Contains(t, errs[0], "broken")
	assert.NotContains(t, errs[0], "\n")
}

// failingListener fails once it is told how.
type failingListener struct {
	net.Listener
	failure chan error
}

func (l failingListener) Accept() (net.Conn, error) { return nil, <-l.failure }

func TestAListenerThatFailsIsEvidence(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := failingListener{inner, make(chan error)}
	e, err := Start(Config{Name: name, Protocol: scenarios.SpeaksHTTP, Handler: servers.NewPage(), Listener: listener})
	require.NoError(t, err)
	listener.failure <- errors.New("too many open files")
	require.NoError(t, e.Close())
	assert.Equal(t, []string{"accept: too many open files"}, e.Evidence().Errors)
}

// Close ends what would otherwise last: a client that says nothing, one that a
// middlebox stalls, one that a handler keeps, and an idle one.
func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	hold := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	for name, test := range map[string]struct {
		protocol scenarios.Protocol
		host     scenarios.Host
		handler  http.Handler
		client   func(t *testing.T, r *rig, conn net.Conn)
	}{
		"silent": {protocol: scenarios.SpeaksTLS},
		"stalled": {
			protocol: scenarios.SpeaksTLS,
			host:     scenarios.Host{Behind: []scenarios.Middlebox{{Box: scenarios.BoxStall, At: scenarios.AtAccept}}},
		},
		"refused but not gone": {
			protocol: scenarios.SpeaksTLS,
			client: func(t *testing.T, _ *rig, conn net.Conn) {
				_, err := conn.Write([]byte("no TLS"))
				require.NoError(t, err)
				_, err = io.ReadAll(conn)
				require.NoError(t, err)
			},
		},
		"in a handler": {
			protocol: scenarios.SpeaksHTTP,
			handler:  hold,
			client: func(t *testing.T, _ *rig, conn net.Conn) {
				_, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: proxy.corp.test\r\n\r\n"))
				require.NoError(t, err)
				<-entered
			},
		},
		"idle over HTTP/2": {
			protocol: scenarios.SpeaksTLS,
			client: func(t *testing.T, r *rig, conn net.Conn) {
				config := r.client()
				config.NextProtos = []string{"h2"}
				require.NoError(t, tls.Client(conn, config).Handshake())
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := test.handler
			if handler == nil {
				handler = servers.NewPage()
			}
			r := startWith(t, test.protocol, test.host, handler)
			conn, err := net.Dial("tcp", r.addr)
			require.NoError(t, err)
			defer conn.Close()
			if test.client != nil {
				test.client(t, r, conn)
			}
			require.NoError(t, r.Close())
			require.NoError(t, r.Close(), "closing again does nothing")
			_, err = net.Dial("tcp", r.addr)
			require.Error(t, err)
			assert.Empty(t, r.open())
		})
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
	var clients sync.WaitGroup
	for range 40 {
		clients.Go(func() {
			_, _, err := r.get("https://proxy.corp.test/", r.client())
			assert.NoError(t, err)
			_ = r.Evidence()
		})
	}
	clients.Wait()
	e := r.Evidence()
	assert.Equal(t, 40, e.Connections)
	assert.Equal(t, 8, e.Dropped)
}

func BenchmarkStartAndClose(b *testing.B) {
	set := newSet(b)
	host := scenarios.Host{Presents: []string{"proxy", "intermediate"}}
	for b.Loop() {
		startAndClose(b, host, set)
	}
}

func startAndClose(b *testing.B, host scenarios.Host, set *certgen.Set) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	e, err := Start(Config{Name: name, Host: host, Protocol: scenarios.SpeaksTLS, Set: set, Handler: servers.NewPage(), Listener: listener})
	require.NoError(b, err)
	require.NoError(b, e.Close())
}

func TestSettle(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
	require.NoError(t, r.Settle(t.Context()), "nobody has come yet")

	config := r.client()
	conn, err := tls.Dial("tcp", r.addr, config)
	require.NoError(t, err)
	ended, end := context.WithCancelCause(t.Context())
	end(errors.New("out of patience"))
	assert.EqualError(t, r.Settle(ended), "out of patience", "a client is there")

	require.NoError(t, conn.Close())
	require.NoError(t, r.Settle(t.Context()))
	assert.Empty(t, r.open())
}
