package mitm

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The clock of these tests is synctest's: what takes a minute takes none.
func slowPair(t *testing.T, rate int) (client, host net.Conn) {
	wrap, err := Through(Box{Kind: "slow", Rate: rate})
	require.NoError(t, err)
	client, far := net.Pipe()
	return client, wrap(far)
}

func TestSlowIsAsFastAsItsRate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rate, size int
		want       time.Duration // until the last piece is sent
	}{
		"drip":          {1, 61, time.Minute},
		"a narrow line": {100_000, 500_000, 5*time.Second - 10*time.Millisecond},
		"one piece":     {100_000, 1000, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, host := slowPair(t, test.rate)
				start := time.Now()
				go func() {
					n, err := host.Write(make([]byte, test.size))
					assert.NoError(t, err)
					assert.Equal(t, test.size, n)
					assert.NoError(t, host.Close())
				}()
				got, err := io.ReadAll(client)
				require.NoError(t, err)
				assert.Len(t, got, test.size)
				assert.Equal(t, test.want, time.Since(start))
			})
		})
	}
}

func TestSlowSavesNothingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, host := slowPair(t, 10)
		defer client.Close()
		defer host.Close()
		go func() { _, _ = io.Copy(io.Discard, client) }()
		for range 2 {
			time.Sleep(time.Hour)
			start := time.Now()
			_, err := host.Write(make([]byte, 21))
			require.NoError(t, err)
			assert.Equal(t, 2*time.Second, time.Since(start))
		}
	})
}

func TestSlowLeavesTheOtherDirectionAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, host := slowPair(t, 1)
		start := time.Now()
		go func() {
			_, err := client.Write(make([]byte, 100))
			assert.NoError(t, err)
			assert.NoError(t, client.Close())
		}()
		got, err := io.ReadAll(host)
		require.NoError(t, err)
		assert.Len(t, got, 100)
		assert.Zero(t, time.Since(start))
		require.NoError(t, host.Close())
	})
}

func TestCloseEndsSlowness(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, host := slowPair(t, 1)
		written := make(chan error)
		go func() {
			n, err := host.Write(make([]byte, 100))
			assert.Equal(t, 1, n)
			written <- err
		}()
		_, err := client.Read(make([]byte, 1))
		require.NoError(t, err)
		require.NoError(t, host.Close())
		require.NoError(t, host.Close())
		require.ErrorIs(t, <-written, net.ErrClosed)
		require.NoError(t, client.Close())
	})
}

// A client that leaves ends a write at its next piece.
func TestSlowClientLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, host := slowPair(t, 1)
		require.NoError(t, client.Close())
		_, err := host.Write([]byte("answer"))
		require.ErrorIs(t, err, io.ErrClosedPipe)
		require.NoError(t, host.Close())
	})
}
