package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

// roleVar makes the test program a harness that a test watches.
const (
	roleVar      = "TLSLAB_TEST_ROLE"
	victimRole   = "victim"   // is killed
	terminalRole = "terminal" // has a terminal
	mounterRole  = "mounter"  // has mounts of its own
)

func play(role string) {
	dir, err := os.MkdirTemp("", "tlslab-role-")
	b := New().(*sandbox)
	var m backend.Machine
	if err == nil {
		m, err = b.Open(context.Background(), backend.Plan{Dir: dir})
	}
	if err == nil {
		map[string]func(*sandbox, *machine){victimRole: victim, terminalRole: terminal, mounterRole: mounter}[role](b, m.(*machine))
		err = errors.Join(m.Close(), b.Close())
	}
	fmt.Println(err)
	_ = os.RemoveAll(dir)
	os.Exit(1)
}

// victim runs a command that outlasts it.
func victim(b *sandbox, m *machine) {
	s := b.spare.Load()
	<-s.begun
	fmt.Println("first", m.cmd.Process.Pid, "waiting", s.first.cmd.Process.Pid)
	_, err := m.Run(context.Background(), backend.Command{
		Args: []string{"sh", "-c", "setsid sleep 1000 & echo up; exec sleep 1000"}, Dir: "/", Env: []string{backendtest.Path}, Stdout: os.Stdout,
	})
	fmt.Println(err)
}

// terminal lends its terminal to a shell, and then to nothing.
func terminal(_ *sandbox, m *machine) {
	exit, err := m.Run(context.Background(), backend.Command{
		Args: []string{"bash", "--norc", "-i"}, Dir: "/", Env: []string{backendtest.Path}, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	})
	fmt.Println("exit", exit, err)
	if group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP); err == nil && group == unix.Getpgrp() {
		fmt.Println("in the foreground again")
	}
	// From the background it would be stopped, and the harness wait for good.
	_, err = m.Run(context.Background(), backend.Command{
		Args: []string{"sh", "-c", "stty -echo </dev/tty || echo has none"}, Dir: "/", Env: []string{backendtest.Path}, Stdout: os.Stdout,
	})
	fmt.Println("without a terminal:", err)
}

// withTerminal gives what a role prints that has input typed into its
// terminal.
func withTerminal(t *testing.T, role, input string) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "script", "-qec", self, os.DevNull)
	cmd.Env = append(os.Environ(), roleVar+"="+role, "TMPDIR="+t.TempDir())
	cmd.Stdin = strings.NewReader(input)
	output, _ := cmd.CombinedOutput() // roles end with status 1
	return strings.ReplaceAll(string(output), "\r\n", "\n")
}

// TestKilledHarness kills a harness with a running sandbox by signal 9: every
// process of the sandbox ends, and the one that waits for the next.
func TestKilledHarness(t *testing.T) {
	t.Parallel()
	open(t, backend.Plan{})
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), roleVar+"="+victimRole, "TMPDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill() }()

	var first, waiting int
	lines := bufio.NewReader(out)
	_, err = fmt.Fscanln(lines, new(string), &first, new(string), &waiting)
	require.NoError(t, err)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "up\n", line)

	// All its processes are descendants of the first.
	var pidfds []int
	for _, pid := range append(descendants(t, first), first, waiting) {
		fd, err := unix.PidfdOpen(pid, 0)
		require.NoError(t, err)
		defer unix.Close(fd)
		pidfds = append(pidfds, fd)
	}
	require.GreaterOrEqual(t, len(pidfds), 4)

	require.NoError(t, cmd.Process.Kill())
	deadline := time.Now().Add(10 * time.Second)
	for _, fd := range pidfds {
		n, err := 0, error(unix.EINTR)
		for err == unix.EINTR {
			n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, max(0, int(time.Until(deadline).Milliseconds())))
		}
		require.NoError(t, err)
		assert.Equal(t, 1, n, "a process of a sandbox outlives its harness")
	}
	_ = cmd.Wait() // reaps it; that it was killed is no news
}

func descendants(t *testing.T, pid int) (pids []int) {
	t.Helper()
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	require.NoError(t, err)
	for _, task := range tasks {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		require.NoError(t, err)
		for _, child := range strings.Fields(string(children)) {
			var n int
			_, err := fmt.Sscan(child, &n)
			require.NoError(t, err)
			pids = append(append(pids, n), descendants(t, n)...)
		}
	}
	return pids
}

// TestLeavesNothing is not parallel: it counts this process's descriptors.
func TestLeavesNothing(t *testing.T) {
	box := closing(t)
	backendtest.Open(t, box, backend.Plan{})
	require.NoError(t, box.Close())
	count := func() (fds, mounts int) {
		entries, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		info, err := os.ReadFile("/proc/self/mountinfo")
		require.NoError(t, err)
		return len(entries), strings.Count(string(info), "\n")
	}
	fds, mounts := count()
	dir := t.TempDir()
	var together sync.WaitGroup
	for worker := range 8 {
		together.Go(func() {
			for i := range 25 {
				own := fmt.Sprintf("%s/%d-%d", dir, worker, i)
				if !assert.NoError(t, os.Mkdir(own, 0o700)) {
					return
				}
				m, err := box.Open(t.Context(), backend.Plan{Dir: own, Addresses: []backend.Address{{Host: "proxy.corp.test", Port: "443"}}})
				if !assert.NoError(t, err) {
					return
				}
				_, err = m.Run(t.Context(), backend.Command{Args: []string{"true"}, Dir: "/", Env: []string{backendtest.Path}})
				assert.NoError(t, err)
				assert.NoError(t, m.Close())
				assert.NoError(t, os.Remove(own), "the folder is as empty as it was")
			}
		})
	}
	together.Wait()
	require.NoError(t, box.Close())
	fdsAfter, mountsAfter := count()
	assert.Equal(t, fds, fdsAfter, "descriptors")
	assert.Equal(t, mounts, mountsAfter, "mounts")
}
