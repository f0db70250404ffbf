package mitm

import (
	"crypto/tls"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLeaves(t *testing.T) {
	t.Parallel()
	var leaves Leaves
	var made atomic.Int64
	generate := func() (*tls.Certificate, error) {
		made.Add(1)
		return &tls.Certificate{}, nil
	}
	var wg sync.WaitGroup
	first, err := leaves.Fetch("a", generate)
	require.NoError(t, err)
	for range 8 {
		wg.Go(func() {
			got, err := leaves.Fetch("a", generate)
			assert.NoError(t, err)
			assert.Same(t, first, got)
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, made.Load())
	other, err := leaves.Fetch("b", generate)
	require.NoError(t, err)
	assert.NotSame(t, first, other)
	_, err = leaves.Fetch("c", func() (*tls.Certificate, error) { return nil, io.EOF })
	require.ErrorIs(t, err, io.EOF)
	_, err = leaves.Fetch("c", generate)
	assert.NoError(t, err, "an error is not kept")
}
