package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSelect(t *testing.T) {
	t.Parallel()
	all, err := Catalogue()
	require.NoError(t, err)
	first := all[0]
	own := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t, os.WriteFile(own, []byte(validScenario), 0o600))
	family := first.Family() + "/*"
	inFamily := 0
	for _, s := range all {
		if s.Family() == first.Family() {
			inFamily++
		}
	}
	for _, c := range []struct {
		name  string
		names []string
		count int
	}{
		{"everything", nil, len(all)},
		{"one by its ID", []string{first.ID}, 1},
		{"a family", []string{family}, inFamily},
		{"a file", []string{own}, 1},
		{"each once", []string{family, first.ID, own, own}, inFamily + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			selected, err := Select(c.names)
			require.NoError(t, err)
			assert.Len(t, selected, c.count)
		})
	}
	one, err := SelectOne(first.ID)
	require.NoError(t, err)
	assert.Equal(t, first, one)
	assert.Equal(t, first.ID, one.Handle())
	mine, err := SelectOne(own)
	require.NoError(t, err)
	assert.Equal(t, own, mine.Handle())
}

func TestSelectRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want string }{
		{"chain/missing-intermediat", `did you mean "chain/missing-intermediate"?`},
		{"chian/*", `did you mean "chain/*"?`},
		{"nothing/like-this", `no scenario "nothing/like-this"`},
		{"chain/[", "syntax error in pattern"},
		{"none.yaml", "none.yaml: there is no such file"},
		{"../catalogue/chain/missing-intermediate", "no scenario"},
	} {
		_, err := SelectOne(c.name)
		assert.ErrorContains(t, err, c.want)
	}
	_, err := SelectOne("*/*")
	assert.ErrorContains(t, err, "name one of them")
}
