package judge

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/servers"
)

func TestArrived(t *testing.T) {
	const name = "example.test/hello@v1.0.0"
	store, err := servers.NewStore([]string{name})
	require.NoError(t, err)
	tampered, err := store.Tampered()
	require.NoError(t, err)
	zip := func(s *servers.Store) []byte {
		m, ok := s.Module("example.test/hello", "v1.0.0")
		require.True(t, ok)
		return m.Zip
	}
	tests := map[string]struct {
		zip    []byte
		wanted []string
		want   Arrival
	}{
		"the right one":            {zip(store), []string{name}, Arrival{}},
		"the right one, unwanted":  {zip(store), nil, Arrival{}},
		"another one":              {zip(tampered), []string{name}, Arrival{Different: name}},
		"another one, unwanted":    {zip(tampered), nil, Arrival{Different: name}},
		"none":                     {nil, []string{name}, Arrival{Missing: name}},
		"none, and none is wanted": {nil, nil, Arrival{}},
	}
	for about, test := range tests {
		t.Run(about, func(t *testing.T) {
			cache := t.TempDir()
			if test.zip != nil {
				dir := filepath.Join(cache, "cache", "download", "example.test", "hello", "@v")
				require.NoError(t, os.MkdirAll(dir, 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "v1.0.0.zip"), test.zip, 0o600))
			}
			got, err := Arrived(cache, test.wanted, store)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.want == Arrival{}, got.Why() == "")
		})
	}
}
