package recorded

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// TestNoExpectationIsLoose holds what every broken world printed against what
// every scenario of another cause expects. Where it fits, the two causes are
// declared twins, and there is evidence that tells the two worlds apart.
func TestNoExpectationIsLoose(t *testing.T) {
	t.Parallel()
	run, all := load(t)
	pairs, twins := 0, 0
	for _, s := range all {
		r, ok := run.Find(s.ID, lab.Broken)
		if !assert.True(t, ok, "%s is not recorded", s.ID) || r.Outcome != lab.Failed {
			continue
		}
		assert.Empty(t, lab.Explains(lab.Case{Scenario: s}.Expected(r.Go), r), "%s does not explain its own record", s.ID)
		for _, other := range all {
			expected := lab.Case{Scenario: other}.Expected(r.Go)
			if other.Cause == s.Cause || len(expected) == 0 {
				continue
			}
			pairs++
			if lab.Explains(expected, r) != "" {
				continue
			}
			twins++
			assert.Contains(t, scenarios.Twins(s.Cause), other.Cause,
				"%s printed what %s expects; make that text stricter, or declare the causes twins", s.ID, other.ID)
			o, _ := run.Find(other.ID, lab.Broken)
			assert.NotEqual(t, evidence(t, s, r), evidence(t, other, o), "nothing tells %s from %s", s.ID, other.ID)
		}
	}
	t.Logf("%d pairs, of which %d are twins", pairs, twins)
	assert.NotZero(t, twins)
}

func load(t *testing.T) (*Run, []*scenarios.Scenario) {
	run, err := Load(Catalogue)
	require.NoError(t, err)
	all, err := scenarios.Catalogue()
	require.NoError(t, err)
	return run, all
}

// evidence is what can be looked at beside the text: what each host saw and
// sent, and what the client is set to. Certificates go by what they are and not
// by the names that a file gives them.
func evidence(t *testing.T, s *scenarios.Scenario, r lab.Record) string {
	t.Helper()
	var hosts []any
	for _, host := range r.Evidence {
		for _, c := range host.Seen {
			hosts = append(hosts, []any{c.SNI, c.Version, c.ALPN, c.Error, described(s.World, c.Presented), c.Requests})
		}
		hosts = append(hosts, host.Queries)
	}
	client := s.World.Client
	seen := map[string]any{
		"hosts": sorted(t, hosts), "trusts": described(s.World, client.Trusts),
		"env": client.Env, "clock": client.Clock, "before": client.Before, "names": s.World.Names, "answers": answers(s.World),
	}
	for path, file := range client.Files {
		seen["file "+path] = []any{file.Text, file.As, file.Hosts, described(s.World, file.Certificates)}
	}
	text, err := json.Marshal(seen)
	require.NoError(t, err)
	return string(text)
}

// answers are what another client finds out by asking with other offers and
// from other places: what a host negotiates, and which devices are in the way.
func answers(w scenarios.World) map[string]any {
	found := map[string]any{}
	for name, h := range w.Hosts {
		found[name] = []any{h.TLS, h.Behind, h.Upstream}
	}
	return found
}

func sorted(t *testing.T, list []any) []string {
	var texts []string
	for _, item := range list {
		text, err := json.Marshal(item)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	slices.Sort(texts)
	return texts
}

// described are certificates with all that is above them.
func described(w scenarios.World, names []string) []any {
	var list []any
	for _, name := range names {
		var line []any
		for seen := 0; name != "" && seen < 10; seen++ {
			spec, ok := w.Certificates[name]
			if !ok {
				line = append(line, name)
				break
			}
			name = spec.Issuer
			spec.Issuer = ""
			line = append(line, spec)
		}
		list = append(list, line)
	}
	return list
}
