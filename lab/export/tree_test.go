package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	tree := Tree{"x/y/key": {Data: []byte("secret"), Mode: secret}, "README.md": {Data: []byte("read me")}}

	require.NoError(t, tree.Write(dir, false))

	assert.Equal(t, "secret", content(t, filepath.Join(dir, "x", "y", "key")))
	info, err := os.Stat(filepath.Join(dir, "x", "y", "key"))
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077, "a key is for its owner alone")
	assert.ErrorContains(t, tree.Write(dir, false), "not empty")
}

// --force replaces an earlier export, whatever is beside it.
func TestWriteReplaces(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Tree{"old/only": {}, "both": {Data: []byte("old")}}.Write(dir, false))
	put(t, filepath.Join(dir, "mine"), "mine")
	put(t, filepath.Join(dir, "old", "mine"), "mine")

	require.NoError(t, Tree{"new/only": {}, "both": {Data: []byte("new")}}.Write(dir, true))

	assert.Equal(t, "mine", content(t, filepath.Join(dir, "mine")))
	assert.Equal(t, "mine", content(t, filepath.Join(dir, "old", "mine")))
	assert.Equal(t, "new", content(t, filepath.Join(dir, "both")))
	assert.NoFileExists(t, filepath.Join(dir, "old", "only"))
	assert.FileExists(t, filepath.Join(dir, "new", "only"))
}

// What no export has written stays, and nothing is written then.
func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "mine"), "mine")
	err := Tree{"theirs": {}}.Write(dir, true)
	assert.ErrorContains(t, err, "no earlier export")
	assert.NoFileExists(t, filepath.Join(dir, "theirs"))

	dir = t.TempDir()
	require.NoError(t, Tree{"theirs": {}}.Write(dir, false))
	put(t, filepath.Join(dir, "mine"), "mine")
	err = Tree{"another": {}, "mine": {}}.Write(dir, true)
	assert.ErrorContains(t, err, "mine is in the way")
	assert.FileExists(t, filepath.Join(dir, "theirs"))
	assert.NoFileExists(t, filepath.Join(dir, "another"))

	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "")
	assert.ErrorContains(t, Tree{}.Write(file, false), "-o "+file)
}

// Nothing outside of the folder is touched, whatever its manifest or a link in
// it says.
func TestWriteStaysInside(t *testing.T) {
	outside := t.TempDir()
	put(t, filepath.Join(outside, "theirs"), "theirs")
	dir := t.TempDir()
	put(t, filepath.Join(dir, manifest), "link/theirs\n../"+filepath.Base(outside)+"/theirs\n")
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))

	assert.Error(t, Tree{"link/new": {}}.Write(dir, true))
	assert.Equal(t, "theirs", content(t, filepath.Join(outside, "theirs")))
	assert.NoFileExists(t, filepath.Join(outside, "new"))
}
