package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNameString(t *testing.T) {
	t.Parallel()
	for want, name := range map[string]Name{
		"leads to www.corp.test":        {LeadsTo: "www.corp.test"},
		"lookups get no answer":         {Answers: NoAnswer},
		"lookups are answered NXDOMAIN": {Answers: NXDomain},
		"nobody answers at 192.0.2.1 and 192.0.2.2, which it has before its own address": {DeadAddresses: []string{"192.0.2.1", "192.0.2.2"}},
	} {
		assert.Equal(t, want, name.String())
	}
}
