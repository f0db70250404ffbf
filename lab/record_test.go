package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/scenarios"
)

// TestExplains holds a record against expectations of its own scenario and of
// others, which call their certificates otherwise.
func TestExplains(t *testing.T) {
	t.Parallel()
	r := Record{
		Outcome: Failed,
		Stderr: `go: Get "https://proxy.corp.test/": tls: expired: current time {now} is after {proxy.not-after}` + "\n" +
			"read {address}->{address}: reset\n",
		Evidence: map[string]endpoint.Evidence{"proxy.corp.test": {Connections: 1, Seen: []endpoint.Connection{{Error: "remote error: tls: bad certificate"}}}},
	}
	for _, e := range []scenarios.Expectation{
		{Stderr: scenarios.Lines{"tls: expired: current time {now} is after {proxy.not-after}"}},
		{Stderr: scenarios.Lines{"tls: expired: current time {now} is after {leaf.not-after}"}},
		{Stderr: scenarios.Lines{"read {address}->{address}: reset"}},
		{Stderr: scenarios.Lines{"read {address}->192.0.2.1:443: reset"}, Server: "remote error: tls: bad certificate"},
		{Stderr: scenarios.Lines{"read {address}->{address}: reset"}, Runs: 3},
	} {
		assert.Empty(t, Explains(scenarios.Expectations{e}, r), e)
	}
	for why, e := range map[string]scenarios.Expectation{
		"does not end a line in":     {Stderr: scenarios.Lines{"tls: expired: current time {now} is before {proxy.not-before}"}},
		"expected \"remote error: x": {Stderr: scenarios.Lines{"read {address}->{address}: reset"}, Server: "remote error: x"},
		"expected none":              {Stderr: scenarios.Lines{"read {address}->{address}: reset"}, Server: scenarios.NoServer},
		"expected it to hang":        {Stderr: scenarios.Lines{"read {address}->{address}: reset"}, Hangs: "5s"},
	} {
		assert.Contains(t, Explains(scenarios.Expectations{e}, r), why)
	}
	r.Outcome = Succeeded
	assert.Contains(t, Explains(scenarios.Expectations{{Stderr: scenarios.Lines{"reset"}}}, r), "0 of 1 runs failed")
}
