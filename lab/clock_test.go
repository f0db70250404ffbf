package lab

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// skewed is a scenario of which every word is true: nothing is wrong but the
// client's clock.
const skewed = `title: The client's clock is behind
cause: clock-skew
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
  client:
    trusts: [root]
    clock: -3y
    run: go get example.test/hello@v1.0.0
fails:
  stderr: "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time {now} is before {leaf.not-before}"
  server: "remote error: tls: bad certificate"
fixes:
  set-the-clock:
    title: Set the clock right
    by: client
    change: {client: {clock: null}}
`

func TestClock(t *testing.T) {
	l := newTestLab(t)
	ahead := strings.NewReplacer("clock: -3y", "clock: +3y", "is before {leaf.not-before}", "is after {leaf.not-after}")
	dead := strings.NewReplacer("clock: -3y", `clock: "1970-01-01T00:00:00Z"`)
	for name, text := range map[string]string{"behind": skewed, "ahead": ahead.Replace(skewed), "begins in 1970": dead.Replace(skewed)} {
		for _, c := range []string{"broken", "fix:set-the-clock"} {
			trial := play(t, l, text, c)
			if trial.Verdict == Skipped {
				t.Skip(trial.Why)
			}
			assert.Equal(t, AsExpected, trial.Verdict, "%s: %s: %s", name, c, trial.Why)
		}
	}
	for name, change := range map[string]*strings.Replacer{
		"the right time":      strings.NewReplacer("clock: -3y", "clock: 0s"),
		"the other direction": strings.NewReplacer("clock: -3y", "clock: +3y"),
	} {
		trial := play(t, l, change.Replace(skewed), "broken")
		assert.Equal(t, Deviates, trial.Verdict, name)
	}
}

// TestClockOfTheJudge compares the time in a text with the client's clock: by
// the right one it would be years late.
func TestClockOfTheJudge(t *testing.T) {
	l := newTestLab(t)
	trial := play(t, l, skewed, "broken")
	if trial.Verdict == Skipped {
		t.Skip(trial.Why)
	}
	assert.Contains(t, trial.Normal, "current time {now} is before {leaf.not-before}")
	assert.NotContains(t, trial.Stderr, "{now}")
}

// TestCacheOfTheClock keeps a client with a wrong clock out of the build cache
// of the others, from which go would remove what it takes for old.
func TestCacheOfTheClock(t *testing.T) {
	l := newTestLab(t)
	for clock, own := range map[string]bool{"-3y": true, "0s": false} {
		s, err := scenarios.Parse("case.yaml", []byte(strings.ReplaceAll(skewed, "clock: -3y", "clock: "+clock)))
		require.NoError(t, err)
		w, err := l.Up(t.Context(), s.World)
		if err != nil {
			t.Skip(err)
		}
		c, err := w.Client()
		require.NoError(t, err)
		shared := "GOCACHE=" + filepath.Join(l.caches(), l.Tool().Version)
		assert.Equal(t, !own, strings.Contains(strings.Join(c.Env(), "\n")+"\n", shared+"\n"), clock)
		require.NoError(t, w.Close())
	}
}
