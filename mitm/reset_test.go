package mitm

import (
	"crypto/tls"
	"net"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReset(t *testing.T) {
	t.Parallel()
	for name, box := range map[string]Box{
		"hello is the default": {Kind: "reset"},
		"hello":                {Kind: "reset", At: "hello"},
		"handshake":            {Kind: "reset", At: "handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, host := talk(t, tls.VersionTLS12, box)
			assert.ErrorIs(t, client, syscall.ECONNRESET)
			assert.ErrorIs(t, host, syscall.ECONNRESET)
		})
	}
}

// A client that only reads meets the reset itself; one that writes may fail in
// writing instead.
func TestResetAtAccept(t *testing.T) {
	t.Parallel()
	client, host := pair(t, Box{Kind: "reset", At: "accept"})
	_, err := host.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	_, err = client.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

func TestResetLooksThroughWrappers(t *testing.T) {
	t.Parallel()
	client, host := pair(t)
	require.ErrorIs(t, reset(wrapped{wrapped{host}}), syscall.ECONNRESET)
	_, err := client.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

type wrapped struct{ net.Conn }

func (w wrapped) NetConn() net.Conn { return w.Conn }
