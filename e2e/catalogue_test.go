package e2e

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// TestCatalogue plays every scenario, fix and myth on every backend that this
// machine has, and holds the texts of the backends against each other.
func TestCatalogue(t *testing.T) {
	all, err := scenarios.Catalogue()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 30)
	texts := texts{known: map[string]map[string]string{}}
	// Trials that do not wait are played no more at a time than bring anything:
	// with many on a slow machine, some would meet the time-outs of go itself.
	working := make(chan struct{}, 2*runtime.NumCPU())
	for _, name := range everywhere {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, lab.Options{Backend: name})
			for _, c := range lab.Cases(all...) {
				t.Run(c.Scenario.ID+"/"+c.Name(), func(t *testing.T) {
					t.Parallel()
					if !c.Waits() {
						working <- struct{}{}
						defer func() { <-working }()
					}
					trial, err := l.Play(t.Context(), c)
					require.NoError(t, err)
					if trial.Verdict == lab.Skipped {
						t.Skip(trial.Why)
					}
					assert.Equal(t, lab.AsExpected, trial.Verdict, "%s\n%s", trial.Why, trial.Stderr)
					if failed := trial.Outcome == lab.Failed && strings.HasPrefix(trial.Command, "go "); failed && len(c.Expected(trial.Go)) < 2 {
						texts.add(c, name, trial.Normal)
					}
				})
			}
		})
	}
	t.Run("same text on every backend", texts.compare)
}

// texts are what go printed in each case in which it failed, by backend and
// without what differs from run to run. A case with several texts for one
// release is not among them, nor the traces of other commands, which show the
// ways that the backends lead to the hosts.
type texts struct {
	mu    sync.Mutex
	known map[string]map[string]string
}

func (x *texts) add(c lab.Case, backend, text string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := c.Scenario.ID + "/" + c.Name()
	if x.known[key] == nil {
		x.known[key] = map[string]string{}
	}
	x.known[key][backend] = text
}

func (x *texts) compare(t *testing.T) {
	compared := 0
	for key, byBackend := range x.known {
		for backend, text := range byBackend {
			if host, onHost := byBackend["host"]; onHost && backend != "host" {
				compared++
				assert.Equal(t, host, text, "%s in %s", key, backend)
			} else if sandbox, inSandbox := byBackend["sandbox"]; !onHost && inSandbox && backend != "sandbox" {
				compared++
				assert.Equal(t, sandbox, text, "%s in %s", key, backend)
			}
		}
	}
	if compared == 0 {
		t.Skip("only one backend played here")
	}
	t.Logf("%d texts compared", compared)
}
