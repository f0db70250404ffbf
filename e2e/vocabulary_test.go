package e2e

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// TestVocabulary plays worlds that say what no scenario of the catalogue says:
// every word that there is has to work.
func TestVocabulary(t *testing.T) {
	files, err := filepath.Glob("testdata/worlds/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, backend := range everywhere {
		t.Run(backend, func(t *testing.T) {
			l := newLab(t, labOn(backend))
			for _, file := range files {
				s, err := scenarios.Load(file)
				require.NoError(t, err)
				for _, c := range lab.Cases(s) {
					t.Run(s.ID+"/"+c.Name(), func(t *testing.T) {
						t.Parallel()
						trial, err := l.Play(t.Context(), c)
						require.NoError(t, err)
						if trial.Verdict == lab.Skipped {
							t.Skip(trial.Why)
						}
						assert.Equal(t, lab.AsExpected, trial.Verdict, "%s\n%s", trial.Why, trial.Stderr)
					})
				}
			}
		})
	}
}
