package lab

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// instant is a world whose command does nothing but succeed.
const instant = `title: Nothing happens
cause: harmless
succeeds: The command does nothing.
world:
  client:
    run: "true"
`

func instants(t *testing.T, texts ...string) []Case {
	var all []*scenarios.Scenario
	for i, text := range texts {
		s, err := scenarios.Parse(fmt.Sprintf("case-%02d.yaml", i), []byte(text))
		require.NoError(t, err)
		all = append(all, s)
	}
	return Cases(all...)
}

// Trials are told in the order of their cases, however they are played.
func TestPlayAllKeepsTheOrder(t *testing.T) {
	l := newTestLab(t)
	waiting := strings.Replace(instant, "world:", "waits: 1s\nworld:", 1)
	var texts []string
	for i := range 20 {
		texts = append(texts, []string{instant, waiting}[i%2])
	}
	var told []string
	err := l.PlayAll(t.Context(), instants(t, texts...), 4, func(trial Trial) {
		assert.Equal(t, AsExpected, trial.Verdict, trial.Why)
		told = append(told, trial.Scenario)
	})
	require.NoError(t, err)
	require.Len(t, told, len(texts))
	for i, id := range told {
		assert.Equal(t, fmt.Sprintf("case-%02d", i), id)
	}
}

// Trials that wait are played beside the others and beside each other: these
// two wait for each other, and there is one worker.
func TestPlayAllWaitsBesideTheRest(t *testing.T) {
	l := newTestLab(t)
	dir := t.TempDir()
	meet := func(mine, other string) string {
		script := fmt.Sprintf("run: [sh, -c, 'echo > %s/%s; until test -e %s/%s; do :; done']", dir, mine, dir, other)
		text := strings.Replace(instant, `run: "true"`, script, 1)
		return strings.Replace(text, "world:", "waits: 1s\nworld:", 1)
	}
	played := 0
	err := l.PlayAll(t.Context(), instants(t, meet("a", "b"), meet("b", "a")), 1, func(trial Trial) {
		assert.Equal(t, AsExpected, trial.Verdict, trial.Why)
		played++
	})
	require.NoError(t, err)
	assert.Equal(t, 2, played)
}

// What waits longest begins first, or the whole run would end with it.
func TestLongestFirst(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, wait := range []string{"10s", "1m", "12s", "10s"} {
		texts = append(texts, strings.Replace(instant, "world:", "waits: "+wait+"\nworld:", 1))
	}
	waiting := []int{0, 1, 2, 3}
	longestFirst(instants(t, texts...), waiting)
	assert.Equal(t, []int{1, 2, 0, 3}, waiting)
}

func TestPlayAllEndsWithItsContext(t *testing.T) {
	l := newTestLab(t)
	endless := strings.Replace(instant, `run: "true"`, "run: sleep 86399", 1)
	ctx, stop := context.WithCancel(t.Context())
	err := l.PlayAll(ctx, instants(t, instant, endless, endless), 3, func(Trial) { stop() })
	assert.ErrorIs(t, err, context.Canceled)
}
