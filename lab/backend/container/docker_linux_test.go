package container

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However Docker is out of reach, the reason is there within three seconds, and
// says what to do.
func TestProbe(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and answers nothing
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	refusing := filepath.Join(t.TempDir(), "refusing")
	socket, err := net.ListenUnix("unix", &net.UnixAddr{Name: refusing, Net: "unix"})
	require.NoError(t, err)
	socket.SetUnlinkOnClose(false)
	require.NoError(t, socket.Close())

	for _, test := range []struct{ name, host, why, advice string }{
		{"no URL", "nonsense", `DOCKER_HOST is "nonsense"`, "expected a URL such as unix:///var/run/docker.sock"},
		{"unknown scheme", "carrier-pigeon://loft", "carrier-pigeon", "DOCKER_HOST"},
		{"no socket", "unix:///nonexistent.sock", "no such socket", "install Docker"},
		{"nobody at the socket", "unix://" + refusing, "nobody listens", "start the daemon"},
		{"nobody at the port", "tcp://127.0.0.1:1", "tcp://127.0.0.1:1", "correct DOCKER_HOST"},
		{"no answer", "tcp://" + silent.Addr().String(), "no answer within 2s", "correct DOCKER_HOST"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			err := probe(test.host)
			assert.Less(t, time.Since(begun), 3*time.Second)
			require.ErrorContains(t, err, test.why)
			assert.ErrorContains(t, err, test.advice)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

// What testcontainers-go is told by its environment is not there when another
// process could inherit it.
func TestSettingsAreTakenBack(t *testing.T) {
	available(t)
	for name := range settings {
		_, set := os.LookupEnv(name)
		assert.False(t, set, name)
	}
}

func TestRestore(t *testing.T) {
	const name = "TLSLAB_TEST_RESTORE"
	t.Setenv(name, "before")
	undo := restore(name)
	require.NoError(t, os.Setenv(name, "meanwhile"))
	undo()
	assert.Equal(t, "before", os.Getenv(name))

	require.NoError(t, os.Unsetenv(name))
	undo = restore(name)
	require.NoError(t, os.Setenv(name, "meanwhile"))
	undo()
	_, set := os.LookupEnv(name)
	assert.False(t, set)
}

// The texts are those of Debian's engine 20.10.
func TestExplain(t *testing.T) {
	t.Parallel()
	for text, advice := range map[string]string{
		"Error response from daemon: mkdir /var/lib/docker/fuse-overlayfs/x: no space left on device":                                            "docker system prune",
		"Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network": "docker network prune",
	} {
		err := errors.New(text)
		assert.ErrorIs(t, explain(err), err)
		assert.ErrorContains(t, explain(err), advice)
	}
	assert.NoError(t, explain(nil))
	other := errors.New("another")
	assert.Equal(t, other, explain(other))
}
