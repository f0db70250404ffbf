//go:build unix

package scenarios

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pipe is refused at once: to open one that nobody writes to waits for good.
func TestLoadPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe.yaml")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	_, err := Load(path)
	assert.ErrorContains(t, err, path+": the file cannot be read: it is a named pipe; expected a file")
}
