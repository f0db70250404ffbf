package tracer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatch(t *testing.T) {
	t.Parallel()
	for text, p := range map[string]Patch{
		"":                           nil,
		"0:0":                        {{0, 0}},
		"af0:1,af8:ffffffffffffffff": {{0xaf0, 1}, {0xaf8, math.MaxUint64}},
	} {
		assert.Equal(t, text, p.String())
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, p, got, text)
	}
	for _, text := range []string{"1", ":", "1:", ":1", "1:x", "x:1", "1:1 ", "1:1,,1:1", "1:1:1", "10000000000000000:1"} {
		_, err := Parse(text)
		assert.Error(t, err, text)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("af0:1,af8:ff")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		require.NoError(t, err)
		assert.Equal(t, p, again)
	})
}
