package mitm

import (
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One bit differs at the other end, wherever the host's writes begin and end,
// and nothing in the host's own memory.
func TestCorrupt(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string][]string{
		"in one":            {"abcdefgh"},
		"before the byte":   {"abc", "defgh"},
		"behind the byte":   {"abcd", "efgh"},
		"in the same write": {"ab", "cdef", "gh"},
		"byte by byte":      {"a", "b", "c", "d", "e", "f", "g", "h"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			through, err := Through(Box{Kind: "corrupt", After: 3})
			require.NoError(t, err)
			near, far := net.Pipe()
			conn := through(near)
			var written []byte
			go func() {
				defer conn.Close()
				for _, w := range writes {
					b := []byte(w)
					if _, err := conn.Write(b); err != nil {
						return
					}
					written = append(written, b...)
				}
			}()
			read, err := io.ReadAll(far)
			require.NoError(t, err)
			assert.Equal(t, "abceefgh", string(read))
			assert.Equal(t, "abcdefgh", string(written))
		})
	}
}

func TestCorruptSettings(t *testing.T) {
	t.Parallel()
	for want, box := range map[string]Box{
		"0 bytes pass":   {Kind: "corrupt"},
		"expected no st": {Kind: "corrupt", After: 1, At: atHello},
	} {
		_, err := Through(box)
		assert.ErrorContains(t, err, want)
	}
}
