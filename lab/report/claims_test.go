package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	claims := []scenarios.Claim{
		{ID: "1", Says: "It helps.", Holds: []scenarios.Reference{"a/b fix:c"}},
		{ID: "2", Says: "It always helps.", Holds: []scenarios.Reference{"a/b fix:c"}, Fails: []scenarios.Reference{"a/b myth:d"}},
		{ID: "3", Says: "It is so.", Fails: []scenarios.Reference{"a/e"}},
	}
	for _, test := range []struct {
		name            string
		c, d, e         lab.Verdict
		one, two, three scenarios.Decision
	}{
		{"as the catalogue says", lab.AsExpected, lab.AsExpected, lab.AsExpected, "holds", "half", "fails"},
		{"a trial deviates", lab.AsExpected, lab.Deviates, lab.AsExpected, "holds", "undecided", "fails"},
		{"one side is skipped", lab.AsExpected, lab.Skipped, lab.Skipped, "holds", "holds", "skipped"},
	} {
		trials := []lab.Trial{
			{Scenario: "a/b", Trial: "fix:c", Verdict: test.c},
			{Scenario: "a/b", Trial: "myth:d", Verdict: test.d},
			{Scenario: "a/e", Trial: "broken", Verdict: test.e},
		}
		played := map[scenarios.Reference]lab.Trial{}
		for _, trial := range trials {
			played[reference(trial.Scenario, trial.Trial)] = trial
		}
		assert.Equal(t, test.one, decide(claims[0], played), test.name)
		assert.Equal(t, test.two, decide(claims[1], played), test.name)
		assert.Equal(t, test.three, decide(claims[2], played), test.name)
		var out bytes.Buffer
		assert.Equal(t, test.d != lab.Deviates, Claims(NewPaper(&out), claims, trials), test.name)
		assert.Contains(t, out.String(), "It always helps.")
	}
}
