package container

import (
	"crypto/x509/pkix"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"

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

var pkixName = pkix.Name{CommonName: "Corp Root CA"}
