package endpoint

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// echo answers CONNECT with status by itself and sends back what comes.
func echo(t *testing.T, status string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\n\r\n")
		go func() {
			defer conn.Close()
			_, _ = io.Copy(conn, conn)
		}()
	})
}

// A connection that a handler takes over counts until it is closed, and its
// status is what the handler writes.
func TestHijack(t *testing.T) {
	t.Parallel()
	r := startWith(t, scenarios.SpeaksHTTP, scenarios.Host{}, echo(t, "200 Connection established"))
	client, err := net.Dial("tcp", r.addr)
	require.NoError(t, err)
	defer client.Close()
	// What follows the head at once must not get lost.
	_, err = io.WriteString(client, "CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\nhello")
	require.NoError(t, err)
	reader := bufio.NewReader(client)
	answer, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	got := make([]byte, 5)
	_, err = io.ReadFull(reader, got)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(got))

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, r.Settle(ended), context.Canceled, "the connection is still open")
	require.NoError(t, client.Close())
	require.NoError(t, r.Settle(t.Context()))
	assert.Equal(t, []Request{{Request: "CONNECT far.corp.test:443", Status: 200}}, r.Evidence().Seen[0].Requests)
}

func TestHijackTellsRefusals(t *testing.T) {
	t.Parallel()
	r := startWith(t, scenarios.SpeaksHTTP, scenarios.Host{}, echo(t, "502 Bad Gateway"))
	client, err := net.Dial("tcp", r.addr)
	require.NoError(t, err)
	_, err = io.WriteString(client, "CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\n")
	require.NoError(t, err)
	_, err = http.ReadResponse(bufio.NewReader(client), &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	require.NoError(t, client.Close())
	require.NoError(t, r.Settle(t.Context()))
	assert.Equal(t, 502, r.Evidence().Seen[0].Requests[0].Status)
}

// Close ends connections that handlers have taken over.
func TestCloseEndsHijacked(t *testing.T) {
	t.Parallel()
	r := startWith(t, scenarios.SpeaksHTTP, scenarios.Host{}, echo(t, "200 OK"))
	client, err := net.Dial("tcp", r.addr)
	require.NoError(t, err)
	defer client.Close()
	_, err = io.WriteString(client, "CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(client)
	_, err = http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	_, err = reader.ReadByte()
	assert.Error(t, err)
}

// signing starts an endpoint that signs for whatever it is asked for.
func signing(t *testing.T, listener net.Listener, asked chan<- string) *Endpoint {
	set := newSet(t)
	e, err := Start(Config{
		Name: "gateway.corp.test", Protocol: scenarios.SpeaksTransparent, Set: set,
		Handler: servers.NewPage(), Listener: listener,
		Sign: func(host string) (*Chain, error) {
			asked <- host
			certificate, err := set.TLS([]string{"proxy"}, "")
			return &Chain{[]string{"resigned"}, certificate}, err
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

// A transparent endpoint signs for the name in the hello, and one that takes
// connections over for what was asked for before.
func TestSign(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	asked := make(chan string, 2)
	e := signing(t, listener, asked)
	config := &tls.Config{ServerName: "Far.corp.test", InsecureSkipVerify: true}
	client, err := tls.Dial("tcp", listener.Addr().String(), config)
	require.NoError(t, err)
	require.NoError(t, client.Close())
	assert.Equal(t, "far.corp.test", <-asked)

	near, far := net.Pipe()
	e.Take(far, "192.0.2.1")
	require.NoError(t, tls.Client(near, config).Handshake())
	assert.Equal(t, "192.0.2.1", <-asked)
	require.NoError(t, near.Close())
	require.NoError(t, e.Settle(t.Context()))
	for _, seen := range e.Evidence().Seen {
		assert.Equal(t, []string{"resigned"}, seen.Presented)
	}
}

func TestTakeAfterClose(t *testing.T) {
	t.Parallel()
	e := signing(t, nil, make(chan string, 1))
	require.NoError(t, e.Close())
	near, far := net.Pipe()
	e.Take(far, "far.corp.test")
	_, err := near.Read(make([]byte, 1))
	assert.ErrorIs(t, err, io.EOF)
}

// There is nothing to sign for a client that names no host.
func TestSignForNobody(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	signing(t, listener, make(chan string, 1))
	_, err = tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	assert.ErrorContains(t, err, "unrecognized name")
}

// A client that says nothing is left after a while, in TLS and without.
func TestPatience(t *testing.T) {
	t.Parallel()
	for _, protocol := range []scenarios.Protocol{scenarios.SpeaksHTTP, scenarios.SpeaksTLS} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			e, err := Start(Config{
				Name: name, Host: scenarios.Host{Presents: []string{"proxy"}}, Protocol: protocol, Set: newSet(t),
				Handler: servers.NewPage(), Listener: listener, Patience: time.Millisecond,
			})
			require.NoError(t, err)
			defer func() { require.NoError(t, e.Close()) }()
			silent, err := net.Dial("tcp", listener.Addr().String())
			require.NoError(t, err)
			defer silent.Close()
			_, err = io.ReadAll(silent)
			assert.NoError(t, err)
		})
	}
}
