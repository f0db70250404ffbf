package e2e

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// BenchmarkCatalogue compares the wall time of the whole catalogue, played as
// `tlslab run` plays it, with two measures of what its commands cost by
// themselves on as many cores:
//
//   - ratio-to-bare: as many bare runs of `go mod download` as there were
//     judged commands. It is the strict one: many of these commands take
//     longer, as those with git, Java or Python do, and what prepares them
//     counts for nothing.
//   - ratio-to-commands: the time that the commands themselves take, those
//     that prepare included, when one trial is played at a time, from start to
//     end. What a command waits for its hosts is in it, but not the making,
//     settling, judging and ending of worlds. Commands that wait for a time-out
//     count for nothing: they are to cost no time beside the others.
//
// On a machine with other work both depend on it.
func BenchmarkCatalogue(b *testing.B) {
	all, err := scenarios.Catalogue()
	require.NoError(b, err)
	cases := lab.Cases(all...)
	working := slices.DeleteFunc(slices.Clone(cases), lab.Case.Waits)
	for _, backend := range inProcess {
		b.Run(backend, func(b *testing.B) {
			l := newLab(b, labOn(backend))
			bare := newBare(b, soundScenario(b))
			var bares, walls, alone []float64
			runs := int64(0)
			for b.Loop() {
				for range 25 {
					bares = append(bares, bare.run(b))
				}
				before, start := l.Runs(), time.Now()
				require.NoError(b, l.PlayAll(b.Context(), cases, runtime.NumCPU(), func(lab.Trial) {}))
				walls = append(walls, milliseconds(start))
				runs = l.Runs() - before

				spent := l.Spent()
				require.NoError(b, l.PlayAll(b.Context(), working, 1, func(lab.Trial) {}))
				alone = append(alone, float64((l.Spent()-spent).Microseconds())/1000)
			}
			cores := float64(runtime.NumCPU())
			b.ReportMetric(float64(runs), "go-runs")
			b.ReportMetric(median(bares), "ms-bare")
			b.ReportMetric(median(walls)/1000, "s-wall")
			b.ReportMetric(median(alone)/1000, "s-commands")
			b.ReportMetric(median(walls)/(float64(runs)*median(bares)/cores), "ratio-to-bare")
			b.ReportMetric(median(walls)/(median(alone)/cores), "ratio-to-commands")
		})
	}
}
