package mitm

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		patterns Patterns
		host     string
		want     bool
	}{
		{nil, "proxy.corp.test", false},
		{Patterns{"*"}, "proxy.corp.test", true},
		{Patterns{"*"}, "", true},
		{Patterns{"*.corp.test"}, "proxy.corp.test", true},
		{Patterns{"*.corp.test"}, "a.b.Corp.Test", true},
		{Patterns{"*.corp.test"}, "corp.test", false},
		{Patterns{"*.corp.test"}, ".corp.test", false},
		{Patterns{"*.corp.test"}, "xcorp.test", false},
		{Patterns{"Proxy.corp.test"}, "proxy.corp.test", true},
		{Patterns{"proxy.corp.test"}, "a.proxy.corp.test", false},
		{Patterns{"no.test", "192.0.2.1"}, "192.0.2.1", true},
	} {
		assert.Equal(t, test.want, test.patterns.Match(test.host), "%v for %q", test.patterns, test.host)
	}
}
