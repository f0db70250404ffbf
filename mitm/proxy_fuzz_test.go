package mitm

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

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
		"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03",
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
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer conn.Close()
		_, _ = conn.Write(sent)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		_, _ = io.Copy(io.Discard, conn) // returns, or the fuzzer says that it hangs
	})
}
