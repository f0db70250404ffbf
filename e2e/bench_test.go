package e2e

import (
	"io"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// BenchmarkWorldUp is what it takes until a world's hosts listen and its
// client's machine is ready.
func BenchmarkWorldUp(b *testing.B) {
	s := soundScenario(b)
	for _, backend := range inProcess {
		b.Run(backend, func(b *testing.B) {
			l := newLab(b, labOn(backend))
			for b.Loop() {
				world, err := l.Up(b.Context(), s.World)
				require.NoError(b, err)
				b.StopTimer()
				require.NoError(b, world.Close())
				b.StartTimer()
			}
		})
	}
}

// BenchmarkTrial pairs a whole trial with the bare go command against a server
// of the same kind that is up already, in turn. The metrics are medians: ms of
// either, the ratio and the difference.
func BenchmarkTrial(b *testing.B) {
	s := soundScenario(b)
	for _, backend := range inProcess {
		b.Run(backend, func(b *testing.B) {
			l := newLab(b, labOn(backend))
			bare := newBare(b, s)
			var bares, trials []float64
			for b.Loop() {
				bares = append(bares, bare.run(b))
				start := time.Now()
				trial, err := l.Play(b.Context(), lab.Case{Scenario: s})
				trials = append(trials, milliseconds(start))
				require.NoError(b, err)
				require.Equal(b, lab.AsExpected, trial.Verdict, trial.Why)
			}
			b.ReportMetric(median(bares), "ms-bare")
			b.ReportMetric(median(trials), "ms-trial")
			b.ReportMetric(median(trials)/median(bares), "ratio")
			b.ReportMetric(median(trials)-median(bares), "ms-added")
		})
	}
}

// bare is the go command by itself, with the environment of a world's client.
type bare struct {
	world *lab.World
	args  []string
}

func newBare(b *testing.B, s *scenarios.Scenario) *bare {
	l := newLab(b, labOn("host"))
	world, err := l.Up(b.Context(), s.World)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, world.Close()) })
	return &bare{world, append([]string{l.Tool().Path}, s.World.Client.Run[1:]...)}
}

// run measures one run with fresh caches in milliseconds.
func (r *bare) run(b *testing.B) float64 {
	client, err := r.world.Client()
	require.NoError(b, err)
	cmd := exec.Command(r.args[0], r.args[1:]...)
	cmd.Dir, cmd.Env = client.Work(), client.Env()
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	start := time.Now()
	require.NoError(b, cmd.Run())
	return milliseconds(start)
}

func soundScenario(b *testing.B) *scenarios.Scenario {
	s, err := scenarios.Parse("sound.yaml", []byte(sound))
	require.NoError(b, err)
	return s
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
