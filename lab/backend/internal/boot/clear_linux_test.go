package boot

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClear(t *testing.T) {
	dir := t.TempDir()
	mounted := filepath.Join(dir, "parent", "mounted")
	require.NoError(t, os.MkdirAll(mounted, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "deep", "er"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deep", "er", "file"), nil, 0o400))
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "link")))
	if err := syscall.Mount("tmpfs", mounted, "tmpfs", 0, ""); err != nil {
		t.Log("without a mount in it, which takes root:", err)
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "parent")))
	} else {
		defer func() { require.NoError(t, syscall.Unmount(mounted, 0)) }()
		require.NoError(t, os.WriteFile(filepath.Join(mounted, "kept"), nil, 0o644))
	}

	require.NoError(t, clearFolder(dir))

	for _, gone := range []string{"deep", "link"} {
		assert.NoFileExists(t, filepath.Join(dir, gone))
		assert.NoDirExists(t, filepath.Join(dir, gone))
	}
	assert.DirExists(t, "/etc")
	if _, err := os.Stat(mounted); err == nil {
		assert.FileExists(t, filepath.Join(mounted, "kept"), "of another file system")
	}
	assert.NoError(t, clearFolder(filepath.Join(dir, "missing")))
	assert.Error(t, clearFolder("/proc/self/stat"), "no folder")
}
