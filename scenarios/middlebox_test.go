package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMiddleboxInWords(t *testing.T) {
	t.Parallel()
	for want, box := range map[string]Middlebox{
		"reset at hello":               {Box: BoxReset},
		"close at body, after 9 bytes": {Box: BoxClose, At: AtBody, After: 9},
		"slow, 10 bytes a second where the ClientHello names *.corp.test or a.test": {
			Box: BoxSlow, Rate: 10, Names: []string{"*.corp.test", "a.test"},
		},
		"stall at response where the ClientHello is larger than 1500 bytes and offers a version newer than TLS 1.2": {
			Box: BoxStall, At: AtResponse, LargerThan: 1500, NewerThan: "1.2",
		},
	} {
		assert.Equal(t, want, box.String())
	}
}
