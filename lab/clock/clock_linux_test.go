package clock

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/tlslab/tlslab/lab/clock/tracer"
)

func TestMain(m *testing.M) {
	if os.Getenv(parentVar) != "" {
		parent()
	}
	goleak.VerifyTestMain(m)
}

const year = 365 * 24 * time.Hour

// run runs a command with a wrong clock.
func run(t *testing.T, offset time.Duration, stdin io.Reader, args ...string) (output string, err error) {
	t.Helper()
	if err := Available(); err != nil {
		t.Skip(err)
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		t.Skip(err)
	}
	var out bytes.Buffer
	cmd := &exec.Cmd{Path: path, Args: args, Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}, Dir: "/", Stdin: stdin, Stdout: &out, Stderr: &out}
	err = runLocked(cmd, offset)
	return out.String(), err
}

// TestStart has programs print the seconds since 1970 by whatever way they read
// them, and by processes that they start.
func TestStart(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	for _, offset := range []time.Duration{-3 * year, 3 * year, time.Second, -50 * year, 70 * year} {
		for _, test := range []struct {
			name string
			args []string
		}{
			{"libc", []string{"date", "+%s"}},
			{"time", []string{"perl", "-e", "print time, qq(\n)"}},
			{"gettimeofday", []string{"bash", "-c", "echo ${EPOCHREALTIME%.*}"}},
			{"coarse clock", []string{"python3", "-c", "import time; print(int(time.clock_gettime(5)))"}},
			{"a static program", []string{"sh", "-c", "exec -a " + tracer.Name + " " + self}},
			{"children", []string{"sh", "-c", "date +%s; (date +%s); date +%s | cat; exec date +%s"}},
			{"git", []string{"git", "-c", "user.name=a", "-c", "user.email=a@example.test", "-c", "alias.t=!git var GIT_COMMITTER_IDENT | cut -d' ' -f3", "t"}},
		} {
			t.Run(fmt.Sprint(test.name, " ", offset), func(t *testing.T) {
				t.Parallel()
				if test.name == "a static program" {
					test.args[0] = "bash" // whose exec can set argv[0]
				}
				before := time.Now().Add(offset).Unix()
				output, err := run(t, offset, nil, test.args...)
				after := time.Now().Add(offset).Unix()
				require.NoError(t, err, output)
				lines := strings.Fields(output)
				require.NotEmpty(t, lines)
				for _, line := range lines {
					shown, err := strconv.ParseInt(line, 10, 64)
					require.NoError(t, err)
					// The coarse clock is up to a tick late.
					assert.True(t, before-1 <= shown && shown <= after, "shows %d, expected %d to %d", shown, before, after)
				}
			})
		}
	}
}

// TestOtherClocks compares what must stay right.
func TestOtherClocks(t *testing.T) {
	t.Parallel()
	var before, after unix.Timespec
	require.NoError(t, unix.ClockGettime(unix.CLOCK_MONOTONIC, &before))
	output, err := run(t, 3*year, nil, "python3", "-c", "import time; print(int(time.clock_gettime(time.CLOCK_MONOTONIC)))")
	require.NoError(t, err, output)
	require.NoError(t, unix.ClockGettime(unix.CLOCK_MONOTONIC, &after))
	shown, err := strconv.ParseInt(strings.TrimSpace(output), 10, 64)
	require.NoError(t, err)
	assert.True(t, int64(before.Sec) <= shown && shown <= int64(after.Sec), "monotonic")

	file := filepath.Join(t.TempDir(), "file")
	_, err = run(t, 3*year, nil, "sh", "-c", "echo >"+file)
	require.NoError(t, err)
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), info.ModTime(), time.Hour, "the times of files")
}

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, line, input string
		output            string
		err               string
	}{
		{"status", "exit 7", "", "", "exit status 7"},
		{"signal", "kill -9 $$", "", "", "signal: killed"},
		{"signal of a child", "sh -c 'kill -KILL $$' 2>/dev/null; echo $?", "", "137\n", ""},
		{"caught signal", "trap 'echo caught' USR1; kill -USR1 $$; echo on", "", "caught\non\n", ""},
		{"input", "cat", "typed\n", "typed\n", ""},
		{"folder", "pwd", "", "/\n", ""},
		{"environment", "env | grep -v -e ^PATH= -e ^PWD= -e ^_=", "", "HOME=/nonexistent\n", ""},
		{"nothing left behind", "setsid sleep 1000 & echo on", "", "on\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			output, err := run(t, -3*year, strings.NewReader(test.input), "sh", "-c", test.line)
			if test.err != "" {
				assert.EqualError(t, err, test.err)
			} else {
				assert.NoError(t, err)
			}
			assert.Equal(t, test.output, output)
		})
	}
}

// TestJobControl has a shell stop a job and continue it.
func TestJobControl(t *testing.T) {
	t.Parallel()
	output, err := run(t, 3*year, nil, "bash", "-c",
		`exec 2>/dev/null; set -m; sh -c 'kill -STOP $$; echo continued' & wait %1; echo $?; kill -CONT %1; wait %1; echo $?`)
	require.NoError(t, err)
	assert.Equal(t, "147\ncontinued\n0\n", output) // 128 and SIGSTOP
}

// TestRefusal runs what cannot be run.
func TestRefusal(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("\x7fELF but no program"), 0o700))
	_, err := run(t, 3*year, nil, file)
	assert.ErrorIs(t, err, syscall.ENOEXEC)
}

// TestProbe can fail.
func TestProbe(t *testing.T) {
	t.Parallel()
	answer := func(text string, err error) func(string, []string, time.Duration) (string, error) {
		return func(string, []string, time.Duration) (string, error) { return text, err }
	}
	ahead := func(by time.Duration) string { return strconv.FormatInt(time.Now().Add(by).Unix(), 10) }
	assert.NoError(t, Probe(func(_ string, _ []string, offset time.Duration) (string, error) { return ahead(offset), nil }))
	assert.ErrorContains(t, Probe(answer(ahead(0), nil)), "has one that is ahead by 0s")
	assert.ErrorContains(t, Probe(answer("", nil)), `printed ""`)
	assert.ErrorIs(t, Probe(answer("", io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF)
}

func TestExplain(t *testing.T) {
	t.Parallel()
	forbidden := &os.PathError{Op: "fork/exec", Path: self, Err: syscall.EPERM}
	for _, test := range []struct {
		scope string
		err   error
		why   string
	}{
		{"", forbidden, "seccomp=unconfined"},
		{"1", forbidden, "seccomp=unconfined"},
		{"2", forbidden, "ptrace_scope is 2: set it with `sysctl kernel.yama.ptrace_scope=1`, as root ("},
		{"3", forbidden, "ptrace_scope=1`, as root, in /etc/sysctl.d, and start the machine anew ("},
		{"3", syscall.ENOEXEC, "set: exec format error"},
	} {
		file := filepath.Join(t.TempDir(), "scope")
		if test.scope != "" {
			require.NoError(t, os.WriteFile(file, []byte(test.scope+"\n"), 0o600))
		}
		assert.ErrorContains(t, explain(test.err, file), test.why)
	}
}

// BenchmarkStart runs the smallest program in turns with the right clock and
// with a wrong one. ms/clock is the median of what the clock costs.
func BenchmarkStart(b *testing.B) {
	if err := Available(); err != nil {
		b.Skip(err)
	}
	path, err := exec.LookPath("true")
	if err != nil {
		b.Skip(err)
	}
	once := func(run func(*exec.Cmd) error) time.Duration {
		start := time.Now()
		require.NoError(b, run(&exec.Cmd{Path: path, Args: []string{"true"}, Env: []string{}}))
		return time.Since(start)
	}
	var costs []float64
	for b.Loop() {
		right := once((*exec.Cmd).Run)
		wrong := once(func(cmd *exec.Cmd) error { return runLocked(cmd, 3*year) })
		costs = append(costs, float64((wrong-right).Microseconds())/1000)
	}
	slices.Sort(costs)
	b.ReportMetric(costs[len(costs)/2], "ms/clock")
}
