package book

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/recorded"
	"github.com/tlslab/tlslab/scenarios"
)

const docs = "../../docs"

// TestDocumentsAreCurrent holds the repository's documents against what the
// scenarios and the recorded runs make of them.
func TestDocumentsAreCurrent(t *testing.T) {
	t.Parallel()
	b, err := Load()
	require.NoError(t, err)
	pages, err := b.Pages()
	require.NoError(t, err)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(docs, filepath.FromSlash(name)))
		require.NoError(t, err, "run make docs")
		assert.True(t, bytes.Equal(want, got), "docs/%s is out of date; run make docs", name)
	}
	err = filepath.WalkDir(filepath.Join(docs, "catalogue"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(docs, path)
			assert.Contains(t, pages, filepath.ToSlash(name), "no scenario has this page; run make docs")
		}
		return err
	})
	require.NoError(t, err)
}

// TestEveryReference finds the trials that decide claims and meet the lists of
// others, as they were recorded.
func TestEveryReference(t *testing.T) {
	t.Parallel()
	b, err := Load()
	require.NoError(t, err)
	check := func(by string, references []scenarios.Reference) {
		for _, r := range references {
			record, ok := b.Run.Find(r.Scenario(), r.Trial())
			if assert.True(t, ok, "%s: there is no trial %q", by, r) {
				assert.NotEqual(t, lab.Deviates, record.Verdict, "%s: %q", by, r)
			}
		}
	}
	for _, c := range b.Claims {
		check("claim "+c.ID, c.Holds)
		check("claim "+c.ID, c.Fails)
	}
	for _, c := range slices.Concat(b.Lists.BadSSL, b.Lists.Facts) {
		assert.False(t, len(c.Trials) == 0 && c.Instead == "", "%s is neither played nor explained", c.Entry)
		check(c.Entry, c.Trials)
	}
}

// small is a book of one scenario with what its trial measured.
func small(t *testing.T, trials ...lab.Record) *Book {
	s, err := scenarios.Parse("names.yaml", []byte(`title: A name that is missing
cause: wrong-name
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [other.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
  client: {trusts: [root], run: go mod download example.test/hello@v1.0.0}
fails: {stderr: "x509: certificate is valid for other.corp.test, not proxy.corp.test"}
no-client-fix: The name is the server's.
`))
	require.NoError(t, err)
	return &Book{
		Scenarios: []*scenarios.Scenario{s},
		Run:       &recorded.Run{Trials: trials},
		Releases: &recorded.Run{Trials: []lab.Record{
			{Scenario: "names", Trial: lab.Broken, Go: "go1.20.1", Verdict: lab.AsExpected, Outcome: lab.Failed, Stderr: "new"},
			{Scenario: "names", Trial: lab.Broken, Go: "go1.9", Verdict: lab.AsExpected, Outcome: lab.Succeeded},
			{Scenario: "names", Trial: lab.Broken, Go: "go1.19", Verdict: lab.AsExpected, Outcome: lab.Failed, Stderr: "old"},
			{Scenario: "names", Trial: lab.Broken, Go: "go1.18", Verdict: lab.AsExpected, Outcome: lab.Failed, Stderr: "old"},
			{Scenario: "names", Trial: lab.Broken, Go: "go1.17", Verdict: lab.Skipped},
			{Scenario: "other", Trial: lab.Broken, Go: "go1.17", Verdict: lab.AsExpected, Outcome: lab.Failed, Stderr: "other"},
		}},
	}
}

// TestNothingUnmeasured: what no run has, or what deviated, is not written.
func TestNothingUnmeasured(t *testing.T) {
	t.Parallel()
	measured := lab.Record{Scenario: "names", Trial: lab.Broken, Verdict: lab.AsExpected, Outcome: lab.Failed, Stderr: "what go printed"}
	_, err := small(t).Pages()
	assert.ErrorContains(t, err, "no recorded run has names broken")
	deviating := measured
	deviating.Verdict, deviating.Why = lab.Deviates, "another text"
	_, err = small(t, deviating).Pages()
	assert.ErrorContains(t, err, "deviated when it was recorded: another text")
	pages, err := small(t, measured).Pages()
	require.NoError(t, err)
	assert.Contains(t, string(pages["catalogue/names.md"]), "what go printed")
}

func TestTextsByRelease(t *testing.T) {
	t.Parallel()
	b := small(t)
	assert.Equal(t, []spell{{"", "go1.9", "go1.9"}, {"old", "go1.18", "go1.19"}, {"new", "go1.20.1", "go1.20.1"}}, b.textsByRelease("names"))
	assert.Nil(t, b.textsByRelease("unknown"))
}

func TestSpans(t *testing.T) {
	t.Parallel()
	b := small(t) // recorded with 1.9, 1.17, 1.18, 1.19 and 1.20.1
	assert.Equal(t, "1.9, 1.18 to 1.20.1", b.spans([]string{"go1.19", "go1.18", "go1.9", "go1.20.1"}))
	assert.Empty(t, b.spans(nil))
}
