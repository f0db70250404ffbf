package scratch

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCloseRemovesReadOnlyTrees(t *testing.T) {
	dir, err := Open(t.TempDir())
	require.NoError(t, err)
	sub, err := dir.New()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(sub, "cache", "module"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(sub, "cache", "module", "file"), nil, 0o400))
	require.NoError(t, os.Chmod(filepath.Join(sub, "cache", "module"), 0o500))

	require.NoError(t, dir.Close())
	assert.NoDirExists(t, dir.Path())
}

func TestOpenSweepsOnlyWhatNobodyHolds(t *testing.T) {
	tmp := t.TempDir()
	held, err := Open(tmp)
	require.NoError(t, err)
	defer held.Close()

	killed, err := Open(tmp)
	require.NoError(t, err)
	require.NoError(t, killed.lock.Close()) // as the kernel does when a process dies
	foreign := filepath.Join(tmp, prefix+"notes")
	require.NoError(t, os.Mkdir(foreign, 0o700))

	next, err := Open(tmp)
	require.NoError(t, err)
	defer next.Close()

	assert.NoDirExists(t, killed.Path())
	assert.DirExists(t, held.Path())
	assert.DirExists(t, foreign, "a folder without the lab's lock is not the lab's")
}

// What a killed harness left running is ended; what merely knows the folder is
// somebody else's.
func TestOpenEndsMarkedProcesses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the environment of a process")
	}
	tmp := t.TempDir()
	killed, err := Open(tmp)
	require.NoError(t, err)
	start := func(env string) *exec.Cmd {
		cmd := exec.Command("sleep", "86399")
		cmd.Env = []string{env, "PATH=" + os.Getenv("PATH")}
		require.NoError(t, cmd.Start())
		return cmd
	}
	left, other := start(Mark+"="+killed.Path()), start("HOME="+killed.Path())
	defer func() { _ = other.Wait() }()
	defer func() { _ = other.Process.Kill() }()
	require.NoError(t, killed.lock.Close())

	next, err := Open(tmp)
	require.NoError(t, err)
	defer next.Close()

	assert.EqualError(t, left.Wait(), "signal: killed")
	assert.NoError(t, other.Process.Signal(syscall.Signal(0)), "still runs")
}

func TestOpenSaysWhatToDoWithoutAFolder(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "missing"))
	require.ErrorContains(t, err, "set TMPDIR")
}
