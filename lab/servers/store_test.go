package servers

import (
	"archive/zip"
	"bytes"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

// unzip returns the content of a module zip by the names of its files below
// path@version/.
func unzip(t *testing.T, m Module) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(m.Zip), int64(len(m.Zip)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range r.File {
		open, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(open)
		require.NoError(t, err)
		files[strings.TrimPrefix(f.Name, m.String()+"/")] = string(data)
	}
	return files
}

func zipOnDisk(t *testing.T, m Module) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.zip")
	require.NoError(t, os.WriteFile(path, m.Zip, 0o600))
	return path
}

func TestModulesAreSound(t *testing.T) {
	t.Parallel()
	for name, pkg := range map[string]string{
		hello:                                               "hello",
		"example.test/hello/v2@v2.1.0":                      "hello",
		"example.test/go-hello@v1.0.0-rc.1":                 "go_hello",
		"example.test/x/func@v0.1.0":                        "pkg_func",
		"example.test/main@v0.1.0":                          "pkg_main",
		"example.test/Upper.Case@v1.0.0":                    "Upper_Case",
		"example.test/9lives@v1.0.0":                        "pkg_9lives",
		"gopkg.in/hello.v3@v3.0.0":                          "hello",
		"example.test/on_linux@v1.0.0":                      "on_linux",
		"example.test/p@v0.0.0-20240102030405-0123456789ab": "p",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStoreOf(t, name)
			path, version, _ := strings.Cut(name, "@")
			m, ok := store.Module(path, version)
			require.True(t, ok)

			_, err := modzip.CheckZip(module.Version{Path: path, Version: version}, zipOnDisk(t, m))
			require.NoError(t, err)
			mod, err := modfile.Parse("go.mod", m.Mod, nil)
			require.NoError(t, err)
			assert.Equal(t, path, mod.Module.Mod.Path)
			assert.Equal(t, "1.13", mod.Go.Version)

			files := unzip(t, m)
			assert.Contains(t, files, "LICENSE")
			assert.Equal(t, string(m.Mod), files["go.mod"])
			for file, want := range map[string]string{"version.go": pkg, "cmd/" + pkg + "/main.go": "main"} {
				parsed, err := parser.ParseFile(token.NewFileSet(), file, files[file], parser.ParseComments)
				require.NoError(t, err)
				assert.Equal(t, want, parsed.Name.Name)
				formatted, err := format.Source([]byte(files[file]))
				require.NoError(t, err)
				assert.Equal(t, string(formatted), files[file])
			}
		})
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	for name, info := range map[string]string{
		hello: `{"Version":"v1.0.0","Time":"2024-03-01T12:00:00Z"}`,
		"example.test/p@v0.0.0-20240102030405-0123456789ab": `{"Version":"v0.0.0-20240102030405-0123456789ab","Time":"2024-01-02T03:04:05Z"}`,
	} {
		assert.Equal(t, info, string(newStoreOf(t, name).Modules()[0].Info))
	}
}

func TestSumsAreThoseOfTheZip(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello)
	hash, err := dirhash.HashZip(zipOnDisk(t, store.Modules()[0]), dirhash.Hash1)
	require.NoError(t, err)
	sums, err := store.Sums(hello)
	require.NoError(t, err)
	require.Len(t, sums, 2)
	assert.Equal(t, "example.test/hello v1.0.0 "+hash, sums[0])
	assert.Regexp(t, `^example\.test/hello v1\.0\.0/go\.mod h1:[0-9A-Za-z+/]{43}=$`, sums[1])

	_, err = store.Sums("example.test/other@v1.0.0")
	assert.EqualError(t, err, "no module example.test/other@v1.0.0: expected one of "+hello)
}

func TestContentIsMadeOnce(t *testing.T) {
	t.Parallel()
	first, second := newStoreOf(t, hello).Modules()[0], newStoreOf(t, hello).Modules()[0]
	assert.Same(t, &first.Zip[0], &second.Zip[0])
}

func TestTampered(t *testing.T) {
	t.Parallel()
	for _, name := range []string{hello, "golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStoreOf(t, name)
			tampered, err := store.Tampered()
			require.NoError(t, err)
			good, bad := store.Modules()[0], tampered.Modules()[0]
			assert.Equal(t, good.String(), bad.String())
			assert.Equal(t, good.Info, bad.Info)
			assert.Equal(t, good.Mod, bad.Mod)
			assert.NotEqual(t, good.Zip, bad.Zip)

			_, err = modzip.CheckZip(module.Version{Path: bad.Path, Version: bad.Version}, zipOnDisk(t, bad))
			require.NoError(t, err)
			goodSums, err := store.Sums(name)
			require.NoError(t, err)
			badSums, err := tampered.Sums(name)
			require.NoError(t, err)
			assert.NotEqual(t, goodSums[0], badSums[0])
			assert.Equal(t, goodSums[1], badSums[1])
		})
	}
}

func TestToolchainStandIn(t *testing.T) {
	t.Parallel()
	m := newStoreOf(t, "golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64").Modules()[0]
	files := unzip(t, m)
	assert.Equal(t, "#!/bin/sh\necho go version go1.99.0 linux/amd64\n", files["bin/go"])
	assert.Equal(t, "go1.99.0\n", files["VERSION"])
	assert.Equal(t, "module golang.org/toolchain\n", string(m.Mod))
}

func TestNewStoreRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		names []string
		err   string
	}{
		"no version":        {[]string{"example.test/hello"}, `module "example.test/hello": expected path@version, such as example.test/hello@v1.0.0`},
		"no dot":            {[]string{"hello@v1.0.0"}, `malformed module path "hello": missing dot in first path element`},
		"bad version":       {[]string{"example.test/hello@1.0"}, `not a semantic version`},
		"major without /v2": {[]string{"example.test/hello@v2.0.0"}, `should be v0 or v1, not v2`},
		"incompatible":      {[]string{"example.test/hello@v2.0.0+incompatible"}, `not +incompatible`},
		"twice":             {[]string{hello, hello}, `module example.test/hello@v1.0.0 is listed twice`},
		"toolchain":         {[]string{"golang.org/toolchain@v0.0.1"}, `expected a toolchain version v0.0.1-goX.Y.Z.GOOS-GOARCH`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewStore(test.names)
			assert.ErrorContains(t, err, test.err)
		})
	}
}

func BenchmarkNewStore(b *testing.B) {
	for b.Loop() {
		newStoreOf(b, hello)
	}
}
