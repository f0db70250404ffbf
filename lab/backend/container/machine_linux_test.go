package container

import (
	"crypto/x509/pkix"
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

// available skips the test where there is no Docker, and fails it where
// containers are required.
func available(t testing.TB) {
	t.Helper()
	err := selfTest()
	if err != nil && os.Getenv(RequireEnv) == "1" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
}

// closing is b, which the test closes.
func closing(t testing.TB, b backend.Backend) *containers {
	c := b.(*containers)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	return c
}

func TestBackend(t *testing.T) {
	available(t)
	t.Parallel()
	backendtest.Run(t, closing(t, New()))
}

func TestServersBackend(t *testing.T) {
	available(t)
	t.Parallel()
	backendtest.Run(t, NewServers())
}

// TestSocketOfTheWorldBefore keeps a listening socket open beyond its world, as
// a process does that is forked and not yet executed: the next world gets
// another container.
func TestSocketOfTheWorldBefore(t *testing.T) {
	available(t)
	t.Parallel()
	c := closing(t, New())
	scratch := t.TempDir()
	plan := func() backend.Plan {
		dir, err := os.MkdirTemp(scratch, "")
		require.NoError(t, err)
		return backend.Plan{Dir: dir, Scratch: scratch, Addresses: []backend.Address{{Host: "proxy.corp.test", Port: "443"}}}
	}
	first, err := c.Open(t.Context(), plan())
	require.NoError(t, err)
	kept, err := first.Listener(plan().Addresses[0]).(*net.TCPListener).File()
	require.NoError(t, err)
	defer kept.Close()
	require.NoError(t, first.Close())

	second, err := c.Open(t.Context(), plan())
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

var pkixName = pkix.Name{CommonName: "Corp Root CA"}
