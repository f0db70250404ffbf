package export

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// When the vocabulary grows, an export that does not know the word would drop
// it in silence. Render or refuse the word in nginx.go and compose.go, and then
// count it here.
func TestEveryWordIsRenderedOrRefused(t *testing.T) {
	for _, test := range []struct {
		value any
		words int
	}{
		{scenarios.World{}, 5},
		{scenarios.Host{}, 14},
		{scenarios.Upstream{}, 5},
		{scenarios.TLS{}, 8},
		{scenarios.Answer{}, 7},
		{scenarios.Name{}, 4},
		{scenarios.Client{}, 8},
		{scenarios.File{}, 7},
		{certgen.Spec{}, 22},
	} {
		kind := reflect.TypeOf(test.value)
		assert.Equal(t, test.words, kind.NumField(), "fields of %s", kind)
	}
}
