package lab

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// descriptors is how many files this process has open.
func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}
