package lab_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Importing lab pulls in no Docker client: that is the choice of who imports
// the container backend.
func TestLabNeedsNoDocker(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	require.NoError(t, err, string(out))
	deps := strings.Fields(string(out))
	require.Contains(t, deps, "github.com/tlslab/tlslab/lab/backend/host")
	for _, dep := range deps {
		for _, docker := range []string{"github.com/testcontainers/", "github.com/moby/", "github.com/docker/", "github.com/tlslab/tlslab/lab/backend/container"} {
			assert.False(t, strings.HasPrefix(dep, docker), dep)
		}
	}
}
