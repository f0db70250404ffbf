package lab

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/scenarios"
)

// TestQueriesAreEvidence plays a world whose name fails, with a client that
// also asks for a name of no host.
func TestQueriesAreEvidence(t *testing.T) {
	l, err := New(t.Context(), Options{Backend: "sandbox"})
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	w := scenarios.World{
		Certificates: map[string]certgen.Spec{"proxy": {Names: []string{"proxy.corp.test"}}},
		Hosts:        map[string]scenarios.Host{"proxy.corp.test": {Serves: scenarios.Modules, Presents: []string{"proxy"}}},
		Names:        map[string]scenarios.Name{"proxy.corp.test": {Answers: scenarios.NXDomain}},
		Client: scenarios.Client{
			Env: scenarios.Env{"GOPROXY": "https://typo.corp.test|https://proxy.corp.test"},
			Run: scenarios.Command{"go", "mod", "download", scenarios.DefaultModule},
		},
	}
	world, err := l.Up(t.Context(), w)
	require.NoError(t, err)
	defer func() { assert.NoError(t, world.Close()) }()
	c, err := world.Client()
	require.NoError(t, err)
	exit, err := world.Run(t.Context(), c, w.Client.Run, nil, nil, nil)
	require.NoError(t, err)
	assert.NotZero(t, exit)
	for _, name := range []string{"proxy.corp.test", "typo.corp.test"} {
		seen := world.Evidence()[name]
		assert.Zero(t, seen.Connections, name)
		assert.Contains(t, seen.Queries, endpoint.Query{Type: "A", Answer: "NXDOMAIN"}, name)
		assert.Contains(t, seen.Queries, endpoint.Query{Type: "AAAA", Answer: "NXDOMAIN"}, name)
	}
	assert.NotEmpty(t, world.Enter())
}
