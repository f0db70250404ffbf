package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
)

func labOn(backend string) lab.Options { return lab.Options{Backend: backend} }

func decodeTrials(t testing.TB, lines string) []map[string]any {
	var trials []map[string]any
	for line := range strings.Lines(lines) {
		var trial map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &trial), line)
		trials = append(trials, trial)
	}
	return trials
}

// What other programs read of a run: these names and no others.
func TestRunJSON(t *testing.T) {
	always := []string{
		"backend", "cause", "command", "evidence", "exit", "go", "ms", "outcome",
		"scenario", "stderr", "trial", "verdict", "why",
	}
	onFixes := slices.Sorted(slices.Values(append([]string{"impostor", "tampering"}, always...)))

	r := invoke(t, nil, "run", "--json", "--backend", "host", "chain/missing-intermediate", "modules/sumdb-untrusted")

	require.Equal(t, 0, r.exit, r.stderr)
	kinds := map[string]int{}
	for _, trial := range decodeTrials(t, r.stdout) {
		kind, _, _ := strings.Cut(trial["trial"].(string), ":")
		kinds[kind]++
		names := slices.Sorted(maps.Keys(trial))
		if kind == "fix" {
			assert.Equal(t, onFixes, names)
			assert.Contains(t, []any{"refused", "accepted"}, trial["impostor"])
			assert.Contains(t, []any{"refused", "accepted"}, trial["tampering"])
		} else {
			assert.Equal(t, always, names)
		}
		assert.Contains(t, []any{"failed", "succeeded"}, trial["outcome"])
		assert.Equal(t, "as-expected", trial["verdict"])
		assert.Regexp(t, `^go1\.`, trial["go"])
		assert.NotEmpty(t, trial["evidence"])
		assert.Positive(t, trial["ms"])
	}
	assert.Equal(t, 2, kinds["broken"])
	assert.GreaterOrEqual(t, kinds["fix"], 3)
	assert.GreaterOrEqual(t, kinds["myth"], 4)
}

func TestListJSON(t *testing.T) {
	r := invoke(t, nil, "list", "--json")

	require.Equal(t, 0, r.exit, r.stderr)
	var list []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &list))
	require.GreaterOrEqual(t, len(list), 30)
	for _, s := range list {
		assert.Equal(t, []string{"backends", "cause", "family", "fixes", "id", "myths", "title"}, slices.Sorted(maps.Keys(s)))
		assert.True(t, strings.HasPrefix(s["id"].(string), s["family"].(string)+"/"), s["id"])
		assert.NotEmpty(t, s["backends"], s["id"])
		assert.GreaterOrEqual(t, len(s["myths"].([]any)), 2, s["id"])
	}
}

func TestShardsAreTheWhole(t *testing.T) {
	ids := []string{"--json", "--backend", "host", "chain/missing-intermediate"}
	names := func(args ...string) []string {
		r := invoke(t, nil, append(append([]string{"run"}, args...), ids...)...)
		require.Equal(t, 0, r.exit, r.stderr)
		var names []string
		for _, trial := range decodeTrials(t, r.stdout) {
			names = append(names, trial["trial"].(string))
		}
		return names
	}
	first, second := names("--shard", "1/2"), names("--shard", "2/2")
	assert.ElementsMatch(t, names(), slices.Concat(first, second))
	assert.NotEmpty(t, first)
	assert.NotEmpty(t, second)
}
