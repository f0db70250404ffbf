package mitm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is a TCP connection: the client's end, and the host's end behind boxes.
func pair(t *testing.T, boxes ...Box) (client, host net.Conn) {
	t.Helper()
	wrap, err := Through(boxes...)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	client, err = net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	accepted, err := listener.Accept()
	require.NoError(t, err)
	host = wrap(accepted)
	t.Cleanup(func() {
		_ = client.Close()
		_ = host.Close()
	})
	return client, host
}

// talk lets a TLS client and server meet over a pair. The client handshakes,
// sends a byte and reads one; each end's result is its first error.
func talk(t *testing.T, version uint16, boxes ...Box) (client, host error) {
	t.Helper()
	c, h := pair(t, boxes...)
	done := make(chan error)
	go func() { done <- echo(h, tls.Server(h, serverConfig(t))) }()
	client = ask(tls.Client(c, talker(version)))
	_ = c.Close()
	return client, <-done
}

// talker is the client of talk.
func talker(version uint16) *tls.Config {
	return &tls.Config{ServerName: "proxy.corp.test", InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}
}

func ask(conn net.Conn) error {
	if _, err := conn.Write([]byte("?")); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	return err
}

// echo tells the boxes before below of the handshake as an endpoint does.
func echo(below net.Conn, conn *tls.Conn) error {
	if err := conn.Handshake(); err != nil {
		return err
	}
	Handshaken(below)
	Asked(below)
	b := make([]byte, 1)
	if _, err := conn.Read(b); err != nil {
		return err
	}
	_, err := conn.Write(b)
	return err
}

func serverConfig(t *testing.T) *tls.Config {
	certificate, err := certificate()
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{certificate}, SessionTicketsDisabled: true}
}

var certificate = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
})
