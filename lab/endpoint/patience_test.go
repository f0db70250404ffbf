package endpoint

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// A client that has spoken once, and is silent after it.
func TestPatienceAfterTheFirstRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler func(t *testing.T) http.Handler
		request string
	}{
		"between requests": {
			func(*testing.T) http.Handler { return http.NotFoundHandler() },
			"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		},
		"in a connection that was taken over": {
			func(t *testing.T) http.Handler { return echo(t, "200 OK") },
			"CONNECT far.corp.test:443 HTTP/1.1\r\nHost: x\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := startImpatient(t, test.handler(t), time.Second)
			_, err := io.WriteString(client, test.request)
			require.NoError(t, err)
			require.NoError(t, client.SetReadDeadline(time.Now().Add(time.Minute)))
			answer, err := io.ReadAll(client)
			assert.NoError(t, err, "expected the end of the connection")
			assert.Contains(t, string(answer), "HTTP/1.1 ")
		})
	}
}

// clocked is a connection that notes its deadlines.
type clocked struct {
	net.Conn
	deadlines []time.Time
}

func (c *clocked) Read(b []byte) (int, error)    { return len(b), nil }
func (c *clocked) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }
func (c *clocked) SetReadDeadline(t time.Time) error {
	c.deadlines = append(c.deadlines, t)
	return nil
}

// Who has spoken in a connection that was taken over may take their time, and a
// deadline of the one who took it over stays.
func TestPatienceEndsWithTheFirstByte(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		before func(h *hijacked) error
		want   []time.Time
	}{
		"nothing":          {func(*hijacked) error { return nil }, []time.Time{{}}},
		"a read deadline":  {func(h *hijacked) error { return h.SetReadDeadline(soon) }, []time.Time{soon}},
		"another deadline": {func(h *hijacked) error { return h.SetDeadline(soon) }, []time.Time{soon}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := &clocked{}
			h := &hijacked{Conn: conn, reader: conn}
			h.silent.Store(true)
			require.NoError(t, test.before(h))
			for range 2 {
				_, err := h.Read(make([]byte, 1))
				require.NoError(t, err)
			}
			assert.Equal(t, test.want, conn.deadlines)
		})
	}
}

// startImpatient serves h to one client, for which it has so much patience.
func startImpatient(t *testing.T, h http.Handler, patience time.Duration) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e, err := Start(Config{Name: name, Protocol: scenarios.SpeaksHTTP, Handler: h, Listener: listener, Patience: patience})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	client, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}
