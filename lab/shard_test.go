package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

func TestShard(t *testing.T) {
	cases := make([]Case, 7)
	for i := range cases {
		cases[i].Scenario = &scenarios.Scenario{ID: string(rune('a' + i))}
	}
	var together []Case
	for _, part := range []string{"1/3", "2/3", "3/3"} {
		mine, err := Shard(cases, part)
		require.NoError(t, err)
		assert.InDelta(t, 7.0/3, len(mine), 1)
		together = append(together, mine...)
	}
	assert.ElementsMatch(t, cases, together)

	for _, bad := range []string{"0/3", "4/3", "1", "a/b", "1/0", "1/2/3", "-1/2"} {
		_, err := Shard(cases, bad)
		assert.ErrorContains(t, err, bad)
	}
}
