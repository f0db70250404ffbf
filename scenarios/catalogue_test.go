package scenarios

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCatalogue holds what every file of the catalogue promises to its
// readers, beyond what any scenario must be.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	all, err := Catalogue()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	worlds := map[string]string{}
	for _, s := range all {
		t.Run(s.ID, func(t *testing.T) {
			data, err := files.ReadFile(strings.TrimPrefix(s.File, "scenarios/"))
			require.NoError(t, err)
			_, err = Parse(s.File, data)
			require.NoError(t, err)

			assert.Empty(t, lacks(s))
			world, err := json.Marshal(s.World)
			require.NoError(t, err)
			assert.Empty(t, worlds[string(world)], "another scenario has the same world")
			worlds[string(world)] = s.ID
		})
	}
	assert.True(t, slices.IsSortedFunc(all, func(a, b *Scenario) int { return strings.Compare(a.ID, b.ID) }))
}

var catalogueID = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)

// lacks says what a scenario of the catalogue does not have and should.
func lacks(s *Scenario) (missing []string) {
	rule := func(holds bool, text string) {
		if !holds {
			missing = append(missing, text)
		}
	}
	byClient := slices.ContainsFunc(s.Fixes, func(f Fix) bool { return f.By == ByClient })
	succeeds := s.Succeeds != ""
	rule(catalogueID.MatchString(s.ID), "an ID of the form family/name")
	rule(slices.Contains(families(), s.Family()), "a folder that is the name of a family")
	rule(utf8.RuneCountInString(s.Title) < 80, "a title of less than 80 characters")
	rule(len(s.About) >= 200, "an about of 200 bytes or more")
	rule(len(s.Myths) >= 2, "two myths")
	rule(succeeds || len(s.Fixes) > 0, "a fix")
	rule(succeeds || byClient || s.NoClientFix != "", "a fix by the client, or no-client-fix")
	return missing
}

func families() (list []string) {
	for _, c := range Causes() {
		if f := c.Family(); !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return append(list, "toolchain")
}

func TestCatalogueRulesCanFail(t *testing.T) {
	t.Parallel()
	s := &Scenario{ID: "Mine", Title: strings.Repeat("long ", 20)}
	assert.Len(t, lacks(s), 7)
}

func TestParseCatalogue(t *testing.T) {
	t.Parallel()
	file := &fstest.MapFile{Data: []byte(validScenario)}
	t.Run("sorted by ID", func(t *testing.T) {
		t.Parallel()
		all, err := parseCatalogue(fstest.MapFS{"catalogue/trust/b.yaml": file, "catalogue/chain/c.yaml": file, "catalogue/README": file})
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, "chain/c", all[0].ID)
		assert.Equal(t, "chain", all[0].Family())
		assert.Equal(t, "scenarios/catalogue/chain/c.yaml", all[0].File)
		assert.Equal(t, "trust/b", all[1].ID)
	})
	t.Run("every bad file is named", func(t *testing.T) {
		t.Parallel()
		bad := &fstest.MapFile{Data: []byte("titel: x\n")}
		_, err := parseCatalogue(fstest.MapFS{"catalogue/trust/b.yaml": bad, "catalogue/chain/c.yaml": bad, "catalogue/chain/d.yaml": file})
		require.Error(t, err)
		assert.ErrorContains(t, err, "catalogue/trust/b.yaml:1:1")
		assert.ErrorContains(t, err, "catalogue/chain/c.yaml:1:1")
	})
}

// TestCatalogueFilesAreFound fails for a file that the glob of the embedding
// leaves out.
func TestCatalogueFilesAreFound(t *testing.T) {
	t.Parallel()
	all, err := Catalogue()
	require.NoError(t, err)
	var found int
	for _, pattern := range []string{"catalogue/*", "catalogue/*/*", "catalogue/*/*/*"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, p := range paths {
			if ext := filepath.Ext(p); ext == ".yaml" || ext == ".yml" {
				found++
			}
		}
	}
	assert.Len(t, all, found)
}

func BenchmarkCatalogue(b *testing.B) {
	for b.Loop() {
		if _, err := parseCatalogue(files); err != nil {
			b.Fatal(err)
		}
	}
}
