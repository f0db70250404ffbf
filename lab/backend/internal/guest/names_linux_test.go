package guest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/scenarios"
)

func TestExpressesNames(t *testing.T) {
	t.Parallel()
	world := func(told scenarios.Name) *scenarios.World {
		return &scenarios.World{Names: map[string]scenarios.Name{"proxy.corp.test": told}}
	}
	for _, told := range []scenarios.Name{{LeadsTo: "wrong.corp.test"}, {Answers: scenarios.NoAnswer}, {DeadAddresses: []string{"192.0.2.66"}}} {
		assert.NoError(t, Expresses(world(told), false))
	}
	six := world(scenarios.Name{DeadAddresses: []string{"2001:db8::66"}})
	assert.NoError(t, Expresses(six, true))
	assert.ErrorContains(t, Expresses(six, false), "name proxy.corp.test: this kernel has no IPv6")
}
