package guest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/backend"
)

// TestOutputOfAPipeThatStaysOpen has a process that writes nothing keep the
// pipes open, as one does that is forked and not yet executed.
func TestOutputOfAPipeThatStaysOpen(t *testing.T) {
	t.Parallel()
	const size = 40 << 10 // of the 64 KiB that a pipe holds
	var stdout, stderr bytes.Buffer
	s, err := connect(backend.Command{Stdin: strings.NewReader("unread"), Stdout: &stdout, Stderr: &stderr})
	require.NoError(t, err)
	for _, f := range s.child {
		kept, err := unix.Dup(int(f.Fd()))
		require.NoError(t, err)
		defer unix.Close(kept)
	}
	_, err = s.child[1].WriteString(strings.Repeat("o", size))
	require.NoError(t, err)
	_, err = s.child[2].WriteString("trouble")
	require.NoError(t, err)
	s.started()
	require.NoError(t, s.finish())
	assert.Equal(t, strings.Repeat("o", size), stdout.String())
	assert.Equal(t, "trouble", stderr.String())
}

var errFull = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// TestOutputThatCannotBeWritten is an error, and no process waits for it.
func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s, err := connect(backend.Command{Stdout: fullDisk{}})
	require.NoError(t, err)
	_, err = s.child[1].WriteString("x")
	require.NoError(t, err)
	s.started()
	assert.ErrorIs(t, s.finish(), errFull)
}
