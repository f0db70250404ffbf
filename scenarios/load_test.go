package scenarios

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ExampleParse() {
	s, err := Parse("my-case.yaml", []byte(`
title: The server sends its leaf and forgets the intermediate
cause: incomplete-chain
world:
  certificates:
    root:         {ca: true}
    intermediate: {ca: true, issuer: root}
    proxy:        {issuer: intermediate, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [proxy]}
  client:
    trusts: [root]
    run: go get example.test/hello@v1.0.0
fails:
  stderr: "x509: certificate signed by unknown authority"
fixes:
  send-the-chain:
    title: Configure the server with leaf and intermediate
    by: server
    change: {hosts: {proxy.corp.test: {presents: [proxy, intermediate]}}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fixed, err := s.Fixed(s.Fixes[0])
	fmt.Println(s.ID, s.World.Hosts["proxy.corp.test"].Presents, fixed.Hosts["proxy.corp.test"].Presents, err)

	_, err = Parse("my-case.yaml", []byte("titel: The server sends its leaf"))
	fmt.Println(err)
	// Output:
	// my-case [proxy] [proxy intermediate] <nil>
	// my-case.yaml:1:1: unknown key "titel" in a scenario; did you mean "title"?
	// my-case.yaml:1:1: a scenario has no "title"; add it
	// my-case.yaml:1:1: a scenario has no "cause"; add it
	// my-case.yaml:1:1: a scenario has no "world"; add it
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "my case.v2.yaml")
	require.NoError(t, os.WriteFile(path, []byte("\ufeff"+strings.ReplaceAll(validScenario, "\n", "\r\n")), 0o600))
	s, err := Load(path)
	require.NoError(t, err)
	assert.Equal(t, "my case.v2", s.ID)
	assert.Equal(t, path, s.File)
	assert.Equal(t, "chain", s.Family())

	plain, err := Parse(path, []byte(validScenario))
	require.NoError(t, err)
	assert.Equal(t, plain, s, "a byte order mark and DOS line ends make a difference")
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	big := filepath.Join(dir, "big.yaml")
	require.NoError(t, os.WriteFile(big, bytes.Repeat([]byte("# page\n"), 1<<20), 0o600))
	for _, c := range []struct {
		name, path, want string
		is               error
	}{
		{"a missing file", filepath.Join(dir, "none.yaml"), "there is no such file", fs.ErrNotExist},
		{"a directory", dir, "this is a directory", nil},
		{"a large file", big, "the file has more than 256 KiB", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(c.path)
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Len(t, invalid.Problems, 1)
			assert.ErrorContains(t, err, c.path+": "+c.want)
			if c.is != nil {
				assert.ErrorIs(t, err, c.is)
			}
		})
	}
}

// TestParseForms compares what is written in short and in long.
func TestParseForms(t *testing.T) {
	t.Parallel()
	s, err := Parse("case.yaml", []byte(validScenario))
	require.NoError(t, err)
	host := s.World.Hosts["fixed.test"]
	assert.Equal(t, map[string]Protocol{"443": SpeaksTLS, "80": SpeaksHTTP}, host.Listens)
	assert.Equal(t, Env{"GOSUMDB": "off", "CGO_ENABLED": "0", "X": "true"}, s.World.Client.Env)
	assert.Equal(t, []Command{{"go", "env"}, {"go", "version"}}, s.World.Client.Before)
	assert.Equal(t, Command{"go", "version"}, s.World.Client.Run)
	assert.Equal(t, 0, *s.World.Certificates["root"].PathLength)
	assert.Equal(t, Lines{"one"}, s.Fails[0].Stderr)
	assert.Equal(t, Lines{"one", "two {now} {root.not-after}"}, s.Fails[1].Stderr)
	assert.Equal(t, Expectations{{Stderr: Lines{"three"}}}, s.Myths[0].Fails)
	assert.Equal(t, "send-the-chain", s.Fixes[0].ID)
	changed, err := s.World.Apply(s.Myths[0].Change)
	require.NoError(t, err)
	assert.Equal(t, Env{"CGO_ENABLED": "0", "X": "true", "Y": "1.20"}, changed.Client.Env)
}

func TestFixesKeepTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(validScenario + "  zebra: {claim: c, change: {client: {runs: 2}}}\n")
	for i := range 20 {
		fmt.Fprintf(&text, "  m-%d: {claim: c, change: {client: {runs: %d}}}\n", (i*7)%20, i+2)
	}
	s, err := Parse("case.yaml", []byte(text.String()))
	require.NoError(t, err)
	require.Len(t, s.Myths, 22)
	assert.Equal(t, "zebra", s.Myths[1].ID)
	for i := range 20 {
		assert.Equal(t, fmt.Sprintf("m-%d", (i*7)%20), s.Myths[i+2].ID)
	}
}

// FuzzParse holds that no input panics, that every error is an InvalidError
// with places inside the text, and that what is accepted can be played: its
// changes apply.
func FuzzParse(f *testing.F) {
	f.Add([]byte(validScenario))
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(f, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("fuzz.yaml", data)
		if err != nil {
			checkPlaces(t, err, data)
			return
		}
		for _, fix := range s.Fixes {
			_, err := s.Fixed(fix)
			require.NoError(t, err)
		}
	})
}

func checkPlaces(t *testing.T, err error, data []byte) {
	t.Helper()
	var invalid *InvalidError
	require.ErrorAs(t, err, &invalid)
	require.NotEmpty(t, invalid.Problems)
	lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1
	for _, p := range invalid.Problems {
		require.NotEmpty(t, p.Message)
		require.LessOrEqual(t, p.Line, lines, "%v", p)
	}
}

// TestParseLargeFiles holds files that are within the size and cost the parser
// most.
func TestParseLargeFiles(t *testing.T) {
	t.Parallel()
	indented := func(line string) string {
		var b strings.Builder
		for i := 0; b.Len()+i < maxSize-10; i++ {
			b.WriteString(strings.Repeat(" ", i) + line)
		}
		return b.String()
	}
	repeated := func(s string) string { return strings.Repeat(s, (maxSize-10)/len(s)) }
	for _, c := range []struct{ name, text, want string }{
		{"keys", repeated("a:\n"), "more than 10000 keys"},
		{"brackets", repeated("["), "more than 10000 keys"},
		{"few brackets", strings.Repeat("[", 1000), "nested deeper"},
		{"mappings in mappings", indented("a:\n"), `unknown key "a"`},
		{"lists in lists", indented("-\n"), "nested deeper"},
		{"lists on one line", "title: x\nabout: " + strings.Repeat("- ", 1000), "nested deeper"},
		{"list", "title:\n" + strings.Repeat("- x\n", 1000), "found a list, expected a text"},
		{"one long key", repeated("k") + ": x", "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("large.yaml", []byte(c.text))
			require.ErrorContains(t, err, c.want)
			assert.Less(t, len(err.Error()), 20_000)
		})
	}
}
