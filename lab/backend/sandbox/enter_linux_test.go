package sandbox

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

// TestEnter compares what a command sees that enters the sandbox with what one
// of the sandbox's own sees.
func TestEnter(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "nsenter")
	m := open(t, backend.Plan{Addresses: []backend.Address{{Host: "proxy.corp.test"}}})
	const line = "id -u; cat /etc/hosts /etc/resolv.conf; for n in user mnt net pid ipc uts; do readlink /proc/self/ns/$n; done"
	_, inside := backendtest.Shell(t, m, line)
	words := append(m.Enter(), "sh", "-c", line)
	entered, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
	require.NoError(t, err, string(entered))
	assert.Equal(t, inside, string(entered))
	assert.Contains(t, inside, "proxy.corp.test")
}
