package mitm

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const connectFar = "CONNECT far.corp.test:443 HTTP/1.1\r\nHost: far.corp.test:443\r\n\r\n"

func TestProxyForsakes(t *testing.T) {
	t.Parallel()
	for connect, want := range map[Connect]error{Reset: syscall.ECONNRESET, Close: io.EOF} {
		t.Run(string(connect), func(t *testing.T) {
			t.Parallel()
			w := serveProxy(t, ProxyConfig{Connect: connect})
			conn, err := net.Dial("tcp", w.near)
			require.NoError(t, err)
			defer conn.Close()
			_, err = io.WriteString(conn, connectFar)
			require.NoError(t, err)
			_, err = conn.Read(make([]byte, 1))
			assert.ErrorIs(t, err, want)
			assert.Empty(t, w.dialed)
		})
	}
}

func TestProxyAnswersWithPage(t *testing.T) {
	t.Parallel()
	w := serveProxy(t, ProxyConfig{Connect: Page})
	conn, reader, answer := w.ask("CONNECT far.corp.test:443 HTTP/1.1", "Host: far.corp.test:443")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Zero(t, reader.Buffered(), "the page waits for the client to speak")
	err := tls.Client(conn, &tls.Config{ServerName: "far.corp.test"}).Handshake()
	var record tls.RecordHeaderError
	require.ErrorAs(t, err, &record)
	assert.Equal(t, "HTTP/", string(record.RecordHeader[:]))
	assert.Empty(t, w.dialed)
}

func TestProxyOffersSchemes(t *testing.T) {
	t.Parallel()
	credentials := "Proxy-Authorization: Basic dXNlcjpzZWNyZXQ6"
	for name, test := range map[string]struct {
		schemes, offers []string
		status          int
	}{
		"none named":    {nil, []string{`Basic realm="proxy"`}, 200},
		"without Basic": {[]string{"Negotiate", "NTLM"}, []string{"Negotiate", "NTLM"}, 407},
		"one of two":    {[]string{"NTLM", "basic"}, []string{"NTLM", `basic realm="proxy"`}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := serveProxy(t, ProxyConfig{Users: map[string]string{"user": "secret:"}, Schemes: test.schemes})
			head := []string{"CONNECT far.corp.test:443 HTTP/1.1", "Host: far.corp.test:443"}
			_, _, answer := w.ask(head...)
			assert.Equal(t, test.offers, answer.Header.Values("Proxy-Authenticate"))
			_, _, answer = w.ask(append(head, credentials)...)
			assert.Equal(t, test.status, answer.StatusCode)
		})
	}
}
