package lab

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// tooLong fails a test that waits for what does not come. It is far more than
// any of them takes.
const tooLong = time.Minute

// impatient shortens the patience of the proxies that come up from now on. It
// is still much more than an honest client takes.
func impatient(t *testing.T) {
	t.Helper()
	kept := patience
	patience = 3 * time.Second
	t.Cleanup(func() { patience = kept })
}

const connectH0 = "CONNECT h0.corp.test:443 HTTP/1.1\r\nHost: h0.corp.test:443\r\n"

// headers is a header of so many bytes in lines of so many.
func headers(size, line int) string {
	return strings.Repeat("X: "+strings.Repeat("x", line-len("X: \r\n"))+"\r\n", size/line)
}

// Clients that send what is no request, or a monstrous one, and then stay: each
// gets an answer, and others are served meanwhile and afterwards.
func TestProxyAnswersOddClients(t *testing.T) {
	impatient(t)
	world := upCrowd(t, newTestLab(t), crowd(1), "gateway-ca")
	t.Cleanup(func() { require.NoError(t, world.Close()) })
	for name, test := range map[string]struct {
		sent   string
		status int
	}{
		"no version":          {"CONNECT h0.corp.test:443\r\n\r\n", 400},
		"no port":             {"CONNECT h0.corp.test HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"no host":             {"CONNECT :443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"nothing at all":      {"CONNECT  HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"port 0":              {"CONNECT h0.corp.test:0 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"port 99999":          {"CONNECT h0.corp.test:99999 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a port by name":      {"CONNECT h0.corp.test:https HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"half a host":         {"CONNECT [::1:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a URL":               {"CONNECT https://h0.corp.test:443/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a user":              {"CONNECT u@h0.corp.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a path":              {"CONNECT h0.corp.test:443/a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"NUL in the host":     {"CONNECT h0\x00.corp.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"NUL in the header":   {connectH0 + "X: a\x00b\r\n\r\n", 400},
		"two Hosts":           {connectH0 + "Host: x\r\n\r\n", 400},
		"another version":     {"CONNECT h0.corp.test:443 HTTP/3.0\r\nHost: x\r\n\r\n", 505},
		"HTTP/2":              {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", 400},
		"TLS":                 {"\x16\x03\x01\x00\x05\x01\x00\x00\x01\n", 400},
		"1 MB in one line":    {connectH0 + headers(1e6, 1e6) + "\r\n", 200},
		"1 MB in many lines":  {connectH0 + headers(1e6, 100) + "\r\n", 200},
		"2 MiB in one line":   {connectH0 + headers(2<<20, 2<<20), 431},
		"2 MiB in many lines": {connectH0 + headers(2<<20, 128), 431},
		"a line without end":  {strings.Repeat("x", 2<<20), 431},
		"a host of nobody":    {"CONNECT nobody.corp.test:443 HTTP/1.1\r\nHost: x\r\n\r\n", 200}, // opens TLS for anybody
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", world.proxy)
			require.NoError(t, err)
			defer conn.Close()
			require.NoError(t, conn.SetDeadline(time.Now().Add(tooLong)))
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				_, _ = io.WriteString(conn, test.sent) // not all of it is read
			}()
			answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
			require.NoError(t, err)
			assert.Equal(t, test.status, answer.StatusCode)
			assert.NoError(t, world.visit("h0.corp.test"), "while it is there")
			require.NoError(t, conn.Close())
			<-sent
			assert.NoError(t, world.visit("h0.corp.test"), "when it has left")
		})
	}
}

// says is a client that sends something and no more.
func says(words string) func(*crowded, net.Conn) error {
	return func(_ *crowded, conn net.Conn) error {
		_, err := io.WriteString(conn, words)
		return err
	}
}

// drips is a client that goes on for ever, byte by byte, and in the end repeats
// the last.
func drips(words string) func(*crowded, net.Conn) error {
	return func(_ *crowded, conn net.Conn) error {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			if _, err := conn.Write([]byte{words[min(i, len(words)-1)]}); err != nil {
				return nil // the proxy has left
			}
			<-tick.C
		}
	}
}

// afterConnect is a client that has its tunnel first.
func afterConnect(then func(*crowded, net.Conn) error) func(*crowded, net.Conn) error {
	return func(c *crowded, conn net.Conn) error {
		if err := grant(conn, "h0.corp.test"); err != nil {
			return err
		}
		return then(c, conn)
	}
}

// shakes is a client that handshakes and says no more.
func shakes(c *crowded, conn net.Conn) error {
	return tls.Client(conn, c.config("h0.corp.test")).Handshake()
}

// tunnelling is a crowd whose proxy opens nobody's TLS.
func tunnelling() scenarios.World {
	w := crowd(1)
	gateway := w.Hosts["gateway.corp.test"]
	gateway.Proxy = nil
	w.Hosts["gateway.corp.test"] = gateway
	return w
}

// Clients that do not come to the point, ever: the proxy leaves them, and others
// are served meanwhile and afterwards.
func TestProxyLeavesSilentClients(t *testing.T) {
	impatient(t)
	l := newTestLab(t)
	opens := upCrowd(t, l, crowd(1), "gateway-ca")
	tunnels := upCrowd(t, l, tunnelling(), "root")
	defer func() {
		require.NoError(t, opens.Close())
		require.NoError(t, tunnels.Close())
	}()
	const hello = "\x16\x03\x01\x40\x00\x01\x00\x3f\xf0\x03" // the beginning of a large one
	var all sync.WaitGroup                                   // at once, since they only wait
	for name, test := range map[string]struct {
		world *crowded
		does  func(c *crowded, conn net.Conn) error
	}{
		"nothing":                  {opens, says("")},
		"half a line":              {opens, says(connectH0[:9])},
		"a head without end":       {opens, says(connectH0)},
		"a drip":                   {opens, drips(connectH0 + "X: x")},
		"a drip of one line":       {opens, drips("x")},
		"TLS":                      {opens, says(hello)},
		"a refused request":        {opens, says("GET / HTTP/1.1\r\nHost: x\r\n\r\n")},
		"CONNECT":                  {opens, afterConnect(says(""))},
		"CONNECT, half a hello":    {opens, afterConnect(says(hello))},
		"CONNECT, a drip of hello": {opens, afterConnect(drips(hello))},
		"CONNECT, no request":      {opens, afterConnect(shakes)},
		"CONNECT in a tunnel":      {tunnels, afterConnect(says(""))},
	} {
		all.Go(func() {
			conn, err := net.Dial("tcp", test.world.proxy)
			if !assert.NoError(t, err) {
				return
			}
			defer conn.Close()
			assert.NoError(t, conn.SetDeadline(time.Now().Add(tooLong)))
			var acting sync.WaitGroup
			acting.Go(func() { assert.NoError(t, test.does(test.world, conn), name) })
			assert.NoError(t, test.world.visit("h0.corp.test"), "%s: while it is there", name)
			acting.Wait()
			_, err = io.Copy(io.Discard, conn) // ends with a reset where the proxy has not read all
			assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, "%s: the proxy does not leave", name)
			assert.NoError(t, test.world.visit("h0.corp.test"), "%s: when it has left", name)
		})
	}
	all.Wait()
}
