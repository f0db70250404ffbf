package e2e

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/container"
)

// unshared is the container backend with a container for every world.
type unshared struct{ backend.Backend }

func (unshared) Name() string { return "container-unshared" }

func (u unshared) Close() error { return u.Backend.(io.Closer).Close() }

var registerUnshared = sync.OnceFunc(func() { backend.Register(unshared{container.NewUnshared()}) })

// BenchmarkContainers is what a trial takes in a client container that is used
// again, in one of its own, and where each host has one: by itself, and eight
// side by side. s/trial is wall time over trials, s-median one trial's time.
func BenchmarkContainers(b *testing.B) {
	registerUnshared()
	s := soundScenario(b)
	for _, of := range []struct{ name, backend string }{
		{"shared", "container"}, {"own", "container-unshared"}, {"servers", "container-servers"},
	} {
		for name, workers := range map[string]int{"alone": 1, "eight": 8} {
			b.Run(of.name+"/"+name, func(b *testing.B) {
				l := newLab(b, labOn(of.backend))
				played := func() float64 {
					begun := time.Now()
					trial, err := l.Play(b.Context(), lab.Case{Scenario: s})
					require.NoError(b, err)
					assert.Equal(b, lab.AsExpected, trial.Verdict, trial.Why)
					return time.Since(begun).Seconds()
				}
				played() // makes the image, and a container to be used again
				var mu sync.Mutex
				var took []float64
				next := make(chan struct{})
				var group sync.WaitGroup
				for range workers {
					group.Go(func() {
						for range next {
							seconds := played()
							mu.Lock()
							took = append(took, seconds)
							mu.Unlock()
						}
					})
				}
				b.ResetTimer()
				for range b.N {
					next <- struct{}{}
				}
				close(next)
				group.Wait()
				b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/trial")
				b.ReportMetric(median(took), "s-median")
			})
		}
	}
}
