package mitm

import (
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The client reads the end of the stream at every stage and in both versions,
// never a reset, although it has sent bytes that nobody took.
func TestClose(t *testing.T) {
	t.Parallel()
	for _, at := range []string{atAccept, atHello, atHandshake, atResponse} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(at+" "+tls.VersionName(version), func(t *testing.T) {
				t.Parallel()
				client, host := talk(t, version, Box{Kind: "close", At: at})
				assert.ErrorIs(t, client, io.EOF)
				assert.ErrorIs(t, host, io.EOF)
			})
		}
	}
}

func TestHalfCloseWithoutDirections(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	require.NoError(t, HalfClose(near))
	_, err := far.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}
