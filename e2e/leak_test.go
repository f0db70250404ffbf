package e2e

import (
	"io"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// Two hundred worlds, eight at a time, with a client that talks to each: no
// goroutine, descriptor or folder is left.
func TestWorldsLeakNothing(t *testing.T) {
	s, err := scenarios.Parse("sound.yaml", []byte(sound))
	require.NoError(t, err)
	for _, backend := range inProcess {
		t.Run(backend, func(t *testing.T) {
			tmp := t.TempDir()
			l := newLab(t, lab.Options{Backend: backend, TempDir: tmp})
			played(t, l, s) // what is made once a process is made now
			closeBackends(t)
			before := goleak.IgnoreCurrent()
			descriptors := openDescriptors(t)
			folders := entries(t, tmp)

			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 25 {
						played(t, l, s)
					}
				})
			}
			wg.Wait()
			closeBackends(t)

			goleak.VerifyNone(t, before)
			assert.Equal(t, folders, entries(t, tmp))
			assert.LessOrEqual(t, openDescriptors(t), descriptors)
		})
	}
}

// closeBackends ends what backends keep ready for the next world.
func closeBackends(t *testing.T) {
	for _, b := range lab.Backends() {
		if c, ok := b.(io.Closer); ok {
			require.NoError(t, c.Close())
		}
	}
}

func played(t *testing.T, l *lab.Lab, s *scenarios.Scenario) {
	trial, err := l.Play(t.Context(), lab.Case{Scenario: s})
	if assert.NoError(t, err) {
		assert.Equal(t, lab.AsExpected, trial.Verdict, trial.Why)
	}
}

func openDescriptors(t *testing.T) int {
	if runtime.GOOS != "linux" {
		return 0
	}
	open, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(open)
}

// entries counts what lies in the lab's folders below tmp.
func entries(t *testing.T, tmp string) int {
	n := 0
	labs, err := os.ReadDir(tmp)
	require.NoError(t, err)
	for _, dir := range labs {
		inside, err := os.ReadDir(tmp + "/" + dir.Name())
		require.NoError(t, err)
		n += len(inside)
	}
	return n
}
