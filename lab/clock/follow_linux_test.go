package clock

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// parentVar makes the test program one that runs a command and is killed.
const parentVar = "TLSLAB_TEST_PARENT"

func parent() {
	err := runLocked(shell(os.Stdout, "setsid sleep 1000 & echo $!; exec sleep 1000"), 3*year)
	fmt.Println(err)
	os.Exit(1)
}

func shell(stdout io.Writer, line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Stdout = stdout
	return cmd
}

// pidOf opens the process whose number comes first in out.
func pidOf(t *testing.T, out io.Reader) (pidfd int) {
	t.Helper()
	var pid int
	_, err := fmt.Fscanln(bufio.NewReader(out), &pid)
	require.NoError(t, err)
	fd, err := unix.PidfdOpen(pid, 0)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, unix.Close(fd)) })
	return fd
}

// ended says whether a process has ended, or does so in time.
func ended(t *testing.T, pidfd int, wait time.Duration) bool {
	t.Helper()
	n, err := 0, error(unix.EINTR)
	for err == unix.EINTR {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, int(wait.Milliseconds()))
	}
	require.NoError(t, err)
	return n == 1
}

// TestTracerIsKilled kills a tracer by signal 9: what it traces ends too.
func TestTracerIsKilled(t *testing.T) {
	t.Parallel()
	if err := Available(); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), parentVar+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	fd := pidOf(t, out)
	require.NoError(t, cmd.Process.Kill())
	assert.True(t, ended(t, fd, 10*time.Second), "it outlives its tracer")
	_ = cmd.Wait() // reaps it; that it was killed is no news
}

// TestNothingLeftBehind looks right after the end of a command at what it had
// started in a session of its own.
func TestNothingLeftBehind(t *testing.T) {
	t.Parallel()
	if err := Available(); err != nil {
		t.Skip(err)
	}
	for _, line := range []string{
		"setsid sleep 1000 & echo $!; read end",
		"setsid sh -c 'echo $$; kill -STOP $$' & read end",
		"setsid sh -c 'sleep 1000 & echo $!' & read end",
		"setsid sleep 1000 & echo $!; read end; kill -9 $$",
	} {
		out, printed, err := os.Pipe()
		require.NoError(t, err)
		input, end := io.Pipe()
		cmd := shell(printed, line)
		cmd.Stdin = input
		done := make(chan error)
		go func() { done <- runLocked(cmd, 3*year) }()
		fd := pidOf(t, out)
		assert.False(t, ended(t, fd, 0), line)
		require.NoError(t, end.Close())
		<-done // the status is the shell's
		assert.True(t, ended(t, fd, 0), line)
		require.NoError(t, errors.Join(out.Close(), printed.Close()))
	}
}

// TestOthers starts a command on a thread that has other children, of which one
// is stopped and one has ended.
func TestOthers(t *testing.T) {
	t.Parallel()
	if err := Available(); err != nil {
		t.Skip(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	over, stopped := shell(nil, "exit 3"), shell(nil, "kill -STOP $$; exit 4")
	for cmd, event := range map[*exec.Cmd]int{over: unix.WEXITED, stopped: unix.WSTOPPED} {
		require.NoError(t, cmd.Start())
		err := error(unix.EINTR)
		for err == unix.EINTR {
			err = unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, event|unix.WNOWAIT, nil)
		}
		require.NoError(t, err)
	}
	require.NoError(t, runLocked(shell(nil, "setsid sleep 1000 & sleep 0"), 3*year))
	require.NoError(t, stopped.Process.Signal(unix.SIGCONT))
	var exit *exec.ExitError
	for cmd, status := range map[*exec.Cmd]int{over: 3, stopped: 4} {
		require.ErrorAs(t, cmd.Wait(), &exit, "it is left to whoever started it")
		assert.Equal(t, status, exit.ExitCode())
	}
}

// TestManyAtOnce is run before the parallel tests, so that every child and
// descriptor at its end would be its own.
func TestManyAtOnce(t *testing.T) {
	const workers, rounds = 8, 25
	if err := Available(); err != nil {
		t.Skip(err)
	}
	descriptors := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		require.NoError(t, err)
		return len(list)
	}
	before := descriptors()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range rounds {
				var exit *exec.ExitError
				if err := exec.Command("sh", "-c", "exit 5").Run(); assert.ErrorAs(t, err, &exit) {
					assert.Equal(t, 5, exit.ExitCode(), "with the right clock")
				}

				var out bytes.Buffer
				start := time.Now()
				err := runLocked(shell(&out, "date +%s | cat; setsid sleep 1000 & exit 6"), -3*year)
				if assert.ErrorAs(t, err, &exit) {
					assert.Equal(t, 6, exit.ExitCode())
				}
				var shown int64
				_, err = fmt.Fscan(&out, &shown)
				assert.NoError(t, err)
				assert.WithinRange(t, time.Unix(shown, 0).Add(3*year), start.Add(-time.Second), time.Now())

				ctx, cancel := context.WithCancel(t.Context())
				cmd := exec.CommandContext(ctx, "sh", "-c", "setsid sleep 1000 & echo on; exec sleep 1000")
				cmd.Stdout = writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
				assert.EqualError(t, runLocked(cmd, 3*year), "signal: killed")

				assert.ErrorIs(t, runLocked(exec.Command("/etc/passwd"), 3*year), syscall.EACCES)
			}
		})
	}
	group.Wait()
	_, err := unix.Wait4(-1, nil, unix.WNOHANG|unix.WALL, nil)
	assert.ErrorIs(t, err, unix.ECHILD, "children and tracees")
	assert.Equal(t, before, descriptors(), "descriptors")
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
