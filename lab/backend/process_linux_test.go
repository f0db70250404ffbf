package backend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/clock"
)

// parentVar makes the test program a parent that is killed or, as "terminal",
// one that lends its terminal, or as "watched" keeps it to itself.
const parentVar = "TLSLAB_TEST_PARENT"

// clockVar is how far ahead the clock of the parent's command is, a number of
// hours.
const clockVar = "TLSLAB_TEST_CLOCK"

const path = "PATH=/usr/local/bin:/usr/bin:/bin"

func parent() {
	c := Command{Args: []string{"sh", "-c", "echo $$; exec sleep 1000"}, Dir: "/", Env: []string{path}, Stdout: os.Stdout}
	hours, err := strconv.Atoi(os.Getenv(clockVar))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	c.Clock = time.Duration(hours) * time.Hour
	if os.Getenv(parentVar) == "terminal" {
		c.Args, c.Stdin, c.Stderr = []string{"bash", "--norc", "-i"}, os.Stdin, os.Stderr
		exit, err := Run(context.Background(), c)
		fmt.Println("exit", exit, err)
		os.Exit(0)
	}
	if os.Getenv(parentVar) == "watched" {
		c.Args = []string{"sh", "-c", "if stty -echo </dev/tty; then echo has a terminal; else echo has none; fi"}
	}
	_, err = Run(context.Background(), c)
	fmt.Println(err)
	os.Exit(1)
}

// withClocks runs test with the right clock and, where that can be, another.
func withClocks(t *testing.T, test func(t *testing.T, hours int)) {
	t.Parallel()
	for _, hours := range []int{0, -24000} {
		t.Run(strconv.Itoa(hours)+"h", func(t *testing.T) {
			t.Parallel()
			if err := clock.Available(); hours != 0 && err != nil {
				t.Skip(err)
			}
			test(t, hours)
		})
	}
}

// ended waits until a process has ended, and says whether it did in time.
func ended(t *testing.T, pid int) bool {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return true
	}
	require.NoError(t, err)
	defer unix.Close(fd)
	deadline := time.Now().Add(10 * time.Second)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, max(0, int(time.Until(deadline).Milliseconds())))
		if err == unix.EINTR {
			continue
		}
		require.NoError(t, err)
		return n == 1
	}
}

func TestRunDiesWithItsParent(t *testing.T) { withClocks(t, testRunDiesWithItsParent) }

func testRunDiesWithItsParent(t *testing.T, hours int) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), parentVar+"=1", fmt.Sprint(clockVar, "=", hours))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var pid int
	_, err = fmt.Fscanln(bufio.NewReader(out), &pid)
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Kill())
	assert.True(t, ended(t, pid), "the child outlives its parent")
	_ = cmd.Wait() // reaps it; that it was killed is no news
}

// onThreadThatEnds calls f on a thread and waits until that is gone.
func onThreadThatEnds(t *testing.T, f func()) {
	t.Helper()
	thread := make(chan int)
	work := func() {
		runtime.LockOSThread() // without unlocking, which ends the thread with the goroutine
		if unix.Gettid() == os.Getpid() {
			runtime.UnlockOSThread() // but not the first one
			thread <- 0
			return
		}
		f()
		thread <- unix.Gettid()
	}
	id := 0
	for id == 0 {
		go work()
		id = <-thread
	}
	require.Eventually(t, func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", id))
		return errors.Is(err, os.ErrNotExist)
	}, 10*time.Second, time.Millisecond)
}

// TestStartOutlivesThreads starts a process from a thread that ends.
func TestStartOutlivesThreads(t *testing.T) {
	t.Parallel()
	out, in := io.Pipe()
	cmd := exec.Command("cat")
	cmd.Stdin, cmd.Stdout = out, io.Discard
	var wait func() error
	var err error
	onThreadThatEnds(t, func() { wait, err = Start(cmd) })
	require.NoError(t, err)
	written := make(chan error)
	go func() {
		_, err := io.WriteString(in, "x")
		written <- errors.Join(err, in.Close())
	}()
	assert.NoError(t, wait(), "it ended by itself")
	require.NoError(t, out.Close()) // nobody reads any more where it did not
	assert.NoError(t, <-written)
}

func TestRunEndsItsGroup(t *testing.T) { withClocks(t, testRunEndsItsGroup) }

func testRunEndsItsGroup(t *testing.T, hours int) {
	start := func(ctx context.Context, line string) (pid int, wait func() error) {
		out, in := io.Pipe()
		done := make(chan error, 1)
		go func() {
			_, err := Run(ctx, Command{Args: []string{"sh", "-c", line}, Dir: "/", Env: []string{path}, Stdout: in, Clock: time.Duration(hours) * time.Hour})
			done <- err
		}()
		_, err := fmt.Fscanln(out, &pid)
		require.NoError(t, err)
		return pid, func() error { return <-done }
	}

	pid, wait := start(t.Context(), "sleep 1000 & echo $!")
	require.NoError(t, wait(), "the end of the leader")
	assert.True(t, ended(t, pid))

	ctx, cancel := context.WithCancelCause(t.Context())
	pid, wait = start(ctx, "sleep 1000 & echo $!; wait")
	cancel(io.ErrNoProgress)
	assert.ErrorIs(t, wait(), io.ErrNoProgress, "the end of the context, with its cause")
	assert.True(t, ended(t, pid))
}

// TestRunWithTerminal has script(1) give this program a terminal, which a
// shell with job control then uses.
func TestRunWithTerminal(t *testing.T) { withClocks(t, testRunWithTerminal) }

func testRunWithTerminal(t *testing.T, hours int) {
	output, err := withTerminal(t, "terminal", hours, "echo $-; sleep 0 & wait; echo alive; date +year=%Y\nexit 5\n")
	require.NoError(t, err, string(output))
	assert.NotContains(t, string(output), "no job control")
	assert.Regexp(t, `(?m)^[a-zA-Z]*i[a-zA-Z]*m[a-zA-Z]*\r$`, string(output), "interactive, with job control")
	assert.Contains(t, string(output), time.Now().Add(time.Duration(hours)*time.Hour).Format("year=2006\r\n"))
	assert.Contains(t, string(output), "exit 5 <nil>")
}

// TestRunWithoutTerminal has a command that lacks a terminal as its Stdin reach
// for the one of this process, as git does for a password: from the background
// it would be stopped, and Run would wait for good.
func TestRunWithoutTerminal(t *testing.T) { withClocks(t, testRunWithoutTerminal) }

func testRunWithoutTerminal(t *testing.T, hours int) {
	output, _ := withTerminal(t, "watched", hours, "") // it ends with status 1
	assert.Contains(t, string(output), "has none")
}

// withTerminal gives what a parent prints that has input typed into its
// terminal.
func withTerminal(t *testing.T, parent string, hours int, input string) ([]byte, error) {
	t.Helper()
	for _, program := range []string{"script", "bash"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "script", "-qec", self, os.DevNull)
	cmd.Env = append(os.Environ(), parentVar+"="+parent, fmt.Sprint(clockVar, "=", hours))
	cmd.Stdin = strings.NewReader(input)
	return cmd.CombinedOutput()
}
