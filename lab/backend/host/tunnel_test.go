package host

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

var proxyHost = backend.Address{Host: "proxy.corp.test", Port: "443"}

// dial opens a machine with one host and a connection to its tunnel.
func dial(t *testing.T) (m backend.Machine, client *net.TCPConn) {
	t.Helper()
	m = backendtest.Open(t, New(), backend.Plan{Addresses: []backend.Address{proxyHost}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.Env()["HTTPS_PROXY"], "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return m, conn.(*net.TCPConn)
}

func TestTunnelHandsOverTheConnection(t *testing.T) {
	t.Parallel()
	m, client := dial(t)
	// What the client sends before it has the answer is for the host too.
	_, err := io.WriteString(client, "CONNECT PROXY.corp.test:443 HTTP/1.1\r\nHost: PROXY.corp.test:443\r\n\r\nearly ")
	require.NoError(t, err)
	conn, err := m.Listener(proxyHost).Accept()
	require.NoError(t, err)
	defer conn.Close()

	answer := bufio.NewReader(client)
	response, err := http.ReadResponse(answer, &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, response.StatusCode)

	assert.Equal(t, client.LocalAddr(), conn.RemoteAddr(), "the client's own connection, not a copy")
	assert.Equal(t, "proxy.corp.test:443", m.Listener(proxyHost).Addr().String())
	under, ok := conn.(interface{ NetConn() net.Conn })
	require.True(t, ok)
	assert.IsType(t, &net.TCPConn{}, under.NetConn())

	_, err = io.WriteString(client, "late")
	require.NoError(t, err)
	require.NoError(t, client.CloseWrite())
	got, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, "early late", string(got))

	_, err = io.WriteString(conn, "back")
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	got, err = io.ReadAll(answer)
	require.NoError(t, err)
	assert.Equal(t, "back", string(got))
}

func TestTunnelReset(t *testing.T) {
	t.Parallel()
	m, client := dial(t)
	_, err := io.WriteString(client, "CONNECT proxy.corp.test:443 HTTP/1.1\r\n\r\n")
	require.NoError(t, err)
	conn, err := m.Listener(proxyHost).Accept()
	require.NoError(t, err)
	tcp := conn.(*handedOver).NetConn().(*net.TCPConn)
	require.NoError(t, tcp.SetLinger(0))
	require.NoError(t, conn.Close())
	_, err = io.ReadAll(client)
	assert.ErrorContains(t, err, "connection reset by peer")
}

func TestTunnelRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, request, body string }{
		{"unknown name", "CONNECT other.test:443 HTTP/1.1\r\n\r\n", "other.test:443 is no host of this world"},
		{"unknown port", "CONNECT proxy.corp.test:80 HTTP/1.1\r\n\r\n", "proxy.corp.test:80 is no host of this world"},
		{"unknown URL", "GET http://proxy.corp.test/ HTTP/1.1\r\n\r\n", "proxy.corp.test:80 is no host of this world"},
		{"itself", "GET / HTTP/1.1\r\nHost: proxy.corp.test:443\r\n\r\n", "is no host of this world"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, client := dial(t)
			_, err := io.WriteString(client, test.request)
			require.NoError(t, err)
			response, err := http.ReadResponse(bufio.NewReader(client), nil)
			require.NoError(t, err)
			defer response.Body.Close()
			assert.Equal(t, "502 Bad Gateway", response.Status)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			assert.Contains(t, string(body), test.body)
		})
	}
	for _, test := range []struct{ name, request string }{
		{"no request", "hello\r\n\r\n"},
		{"no URL", "GET http://[ HTTP/1.1\r\n\r\n"},
		{"no authority", "CONNECT [ HTTP/1.1\r\n\r\n"},
		{"endless", "GET " + strings.Repeat("x", maxHead+64<<10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, client := dial(t)
			_, _ = io.WriteString(client, test.request) // may be cut off
			_, err := client.Read(make([]byte, 1))
			assert.Error(t, err, "closed without an answer")
		})
	}
}

func TestTunnelPassesPlainRequestsOn(t *testing.T) {
	t.Parallel()
	m, client := dial(t)
	_, err := io.WriteString(client, "POST http://proxy.corp.test:443/a%2Fb?c=d HTTP/1.1\r\nHost: proxy.corp.test:443\r\n"+
		"Proxy-Connection: keep-alive\r\nConnection: keep-alive\r\nX-Odd:  as it is\r\nContent-Length: 4\r\n\r\nbody")
	require.NoError(t, err)
	require.NoError(t, client.CloseWrite())
	conn, err := m.Listener(proxyHost).Accept()
	require.NoError(t, err)
	defer conn.Close()
	got, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, "POST /a%2Fb?c=d HTTP/1.1\r\nHost: proxy.corp.test:443\r\nX-Odd:  as it is\r\nContent-Length: 4\r\n"+
		"Connection: close\r\n\r\nbody", string(got))
}

// TestCloseEndsEveryConnection closes a machine with clients in every state.
func TestCloseEndsEveryConnection(t *testing.T) {
	t.Parallel()
	m, silent := dial(t)
	proxy := silent.RemoteAddr().String()
	half, err := net.Dial("tcp", proxy)
	require.NoError(t, err)
	defer half.Close()
	_, err = io.WriteString(half, "CONNECT proxy.corp.test:443 HTTP/1.1\r\n")
	require.NoError(t, err)
	waiting, err := net.Dial("tcp", proxy)
	require.NoError(t, err)
	defer waiting.Close()
	_, err = io.WriteString(waiting, "CONNECT proxy.corp.test:443 HTTP/1.1\r\n\r\n")
	require.NoError(t, err)
	line, err := bufio.NewReader(io.LimitReader(waiting, 39)).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 200 Connection established\r\n", line)

	require.NoError(t, m.Close())
	for _, conn := range []net.Conn{silent, half, waiting} {
		_, err := io.Copy(io.Discard, conn)
		if err != nil {
			assert.ErrorContains(t, err, "reset")
		}
	}
	_, err = m.Listener(proxyHost).Accept()
	assert.ErrorIs(t, err, net.ErrClosed)
}

func FuzzReadHead(f *testing.F) {
	f.Add([]byte("CONNECT proxy.corp.test:443 HTTP/1.1\r\n\r\n"))
	f.Add([]byte("GET http://proxy.corp.test/x HTTP/1.1\r\nConnection: close\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := readHead(bufio.NewReader(bytes.NewReader(data)))
		if err == nil && !r.connect {
			_, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.origin)))
			_, before := http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
			assert.False(t, err != nil && before == nil, fmt.Sprintf("%q becomes %q: %v", data, r.origin, err))
		}
	})
}
