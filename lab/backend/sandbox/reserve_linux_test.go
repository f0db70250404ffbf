package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

// waiting is the process that waits in b for the next plan.
func waiting(t *testing.T, b *sandbox) *first {
	t.Helper()
	s := b.spare.Load()
	require.NotNil(t, s)
	<-s.begun
	require.NotNil(t, s.first)
	return s.first
}

func TestOpenTakesWhatWaits(t *testing.T) {
	t.Parallel()
	b := closing(t)
	backendtest.Open(t, b, backend.Plan{})
	spare := waiting(t, b)
	m := backendtest.Open(t, b, backend.Plan{}).(*machine)
	assert.Same(t, spare, m.first)
	assert.NotSame(t, spare, waiting(t, b))
	_, output := backendtest.Shell(t, m, "echo works")
	assert.Equal(t, "works\n", output)
}

// TestOpenReplacesWhatDied kills the process that waits.
func TestOpenReplacesWhatDied(t *testing.T) {
	t.Parallel()
	b := closing(t)
	backendtest.Open(t, b, backend.Plan{})
	spare := waiting(t, b)
	require.NoError(t, spare.cmd.Process.Kill())
	m := backendtest.Open(t, b, backend.Plan{}).(*machine)
	assert.NotSame(t, spare, m.first)
	_, output := backendtest.Shell(t, m, "echo works")
	assert.Equal(t, "works\n", output)
}

// TestOpensAtOnce has more plans than processes that wait.
func TestOpensAtOnce(t *testing.T) {
	t.Parallel()
	b := closing(t)
	backendtest.Open(t, b, backend.Plan{})
	var opens sync.WaitGroup
	machines := make([]*machine, 4)
	for i := range machines {
		dir := t.TempDir()
		opens.Go(func() {
			m, err := b.Open(t.Context(), backend.Plan{Dir: dir})
			if assert.NoError(t, err) {
				machines[i] = m.(*machine)
			}
		})
	}
	opens.Wait()
	processes := map[*first]bool{}
	for _, m := range machines {
		if m != nil {
			processes[m.first] = true
			assert.NoError(t, m.Close())
		}
	}
	assert.Len(t, processes, len(machines))
}

func TestCloseEndsWhatWaits(t *testing.T) {
	t.Parallel()
	b := New().(*sandbox)
	require.NoError(t, b.Close(), "nothing waits yet")
	if err := b.Available(t.Context()); err != nil {
		t.Skip(err)
	}
	assert.Nil(t, b.spare.Load(), "nor after asking whether it is available")
	for range 2 {
		m, err := b.Open(t.Context(), backend.Plan{Dir: t.TempDir()})
		require.NoError(t, err)
		spare := waiting(t, b)
		require.NoError(t, b.Close())
		assert.NotNil(t, spare.cmd.ProcessState, "it has ended")
		assert.Nil(t, b.spare.Load())
		require.NoError(t, b.Close())
		require.NoError(t, m.Close(), "machines are not the backend's to close")
	}
}

// mounter mounts something while a process waits for the next plan, and shows
// what the next machine sees of it.
func mounter(b *sandbox, _ *machine) {
	<-b.spare.Load().begun
	mounted, own := os.TempDir()+"/mounted", os.TempDir()+"/own"
	err := errors.Join(
		os.Mkdir(mounted, 0o700), os.Mkdir(own, 0o700), unix.Mount("tmpfs", mounted, "tmpfs", 0, ""),
		os.WriteFile(mounted+"/file", []byte("mounted since\n"), 0o600),
	)
	m, openErr := b.Open(context.Background(), backend.Plan{Dir: own})
	if err = errors.Join(err, openErr); err == nil {
		_, err = m.Run(context.Background(), backend.Command{
			Args: []string{"cat", "file"}, Dir: mounted, Env: []string{backendtest.Path}, Stdout: os.Stdout, Stderr: os.Stdout,
		})
		err = errors.Join(err, m.Close())
	}
	fmt.Println(err)
}

// TestMountedWhileOneWaits has this program run with mounts of its own.
func TestMountedWhileOneWaits(t *testing.T) {
	t.Parallel()
	open(t, backend.Plan{})
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), roleVar+"="+mounterRole, "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	output, _ := cmd.CombinedOutput() // roles end with status 1
	assert.Equal(t, "mounted since\n<nil>\n<nil>\n", string(output))
}
