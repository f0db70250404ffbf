package mitm

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStallPassesNothingOnUntilTheClientLeaves(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"accept", "hello"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			client, host := pair(t, Box{Kind: "stall", At: at})
			_, err := client.Write(append(clientHello(t), make([]byte, 1<<20)...))
			require.NoError(t, err)
			require.NoError(t, client.Close())
			got, err := io.ReadAll(host)
			assert.NoError(t, err)
			assert.Empty(t, got)
		})
	}
}

func TestStallAtHandshakeKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	client, host := pair(t, Box{Kind: "stall", At: "handshake"})
	hello := clientHello(t)
	_, err := client.Write(hello)
	require.NoError(t, err)
	_, err = io.ReadFull(host, make([]byte, len(hello)))
	require.NoError(t, err)
	_, err = host.Write([]byte("flight"))
	require.NoError(t, err)

	flight := make([]byte, 6)
	_, err = io.ReadFull(client, flight)
	require.NoError(t, err)
	assert.Equal(t, "flight", string(flight))
	_, err = client.Write([]byte("answer"))
	require.NoError(t, err)
	require.NoError(t, client.Close())
	got, err := io.ReadAll(host)
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestStallEndsWhenTheHostCloses(t *testing.T) {
	t.Parallel()
	client, host := pair(t, Box{Kind: "stall", At: "hello"})
	_, err := client.Write(clientHello(t))
	require.NoError(t, err)
	read := make(chan error)
	go func() {
		_, err := host.Read(make([]byte, 1))
		read <- err
	}()
	require.NoError(t, host.Close())
	require.ErrorIs(t, <-read, net.ErrClosed)
	_, err = client.Read(make([]byte, 1))
	require.Error(t, err)
}
