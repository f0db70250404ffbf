package mitm

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzConnect sends a proxy whatever a client may: it answers or leaves, and
// goes on serving others.
func FuzzConnect(f *testing.F) {
	for _, seed := range []string{
		"CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\n",
		"CONNECT far.corp.test HTTP/1.0\r\n\r\nmore",
		"CONNECT [::1]:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic dTpw\r\n\r\n",
		"CONNECT : HTTP/1.1\r\nHost: x\r\n\r\n",
		"CONNECT /path?query HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://far.corp.test/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://[::1%25lo]:99999999/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"CONNECT far.corp.test:0 HTTP/1.1\r\nHost: x\r\n\r\n",
		"CONNECT far\x00.corp.test:443 HTTP/1.1\r\nHost: x\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03",
		"refused while there is more to read\r\n\r\n" + strings.Repeat("x", 1<<14),
	} {
		f.Add([]byte(seed))
	}
	refused := errors.New("refused")
	address := serve(f, NewProxy(ProxyConfig{
		Dial:       func(context.Context, string, string) (net.Conn, error) { return nil, refused },
		Users:      map[string]string{"u": "p"},
		Forbids:    Patterns{"*.forbidden.test"},
		Intercepts: Patterns{"*.corp.test"},
		Intercept:  func(client net.Conn, _ string) { _ = client.Close() },
	}))
	f.Fuzz(func(t *testing.T, sent []byte) {
		conn := dialOne(t, address)
		_, _ = conn.Write(sent)
		_ = conn.CloseWrite() // the proxy may have left already, by a reset
		_, err := io.Copy(io.Discard, conn)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it hangs")

		other := dialOne(t, address)
		_, err = io.WriteString(other, "CONNECT other.test:443 HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic dTpw\r\n\r\n")
		require.NoError(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(other), &http.Request{Method: http.MethodConnect})
		require.NoError(t, err)
		require.Equal(t, http.StatusBadGateway, answer.StatusCode)
	})
}

func dialOne(t *testing.T, address string) *net.TCPConn {
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	return conn.(*net.TCPConn)
}
