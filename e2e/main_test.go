package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/backend/container"
)

// tlslab is the program under test, built once.
var tlslab string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o755); err != nil { // an ordinary user runs it too
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		tlslab = filepath.Join(dir, "tlslab")
		build := exec.Command("go", "build", "-o", tlslab, "../cmd/tlslab")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building cmd/tlslab: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// inProcess are the backends that need nothing but this machine, everywhere
// those and the one that needs Docker.
var (
	inProcess  = []string{"host", "sandbox"}
	everywhere = append(slices.Clone(inProcess), "container")
)

// newLab makes a lab that is gone after the test, or skips the test where this
// machine cannot have it; without Docker it fails where containers are
// required.
func newLab(t testing.TB, opts lab.Options) *lab.Lab {
	l, err := lab.New(context.Background(), opts)
	if err != nil && strings.HasPrefix(opts.Backend, "container") && os.Getenv(container.RequireEnv) == "1" {
		require.NoError(t, err, "%s is 1", container.RequireEnv)
	}
	if errors.Is(err, lab.ErrUnavailable) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// result is how a run of the program ended.
type result struct {
	exit           int
	stdout, stderr string
}

// command prepares the program with its temporary folder at tmp and extra
// environment.
func command(t testing.TB, tmp string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), tlslab, args...)
	cmd.Env = append(append(os.Environ(), "TMPDIR="+tmp), env...)
	cmd.Dir = t.TempDir()
	return cmd
}

// invoke runs the program and requires that it leaves nothing in its temporary
// folder.
func invoke(t testing.TB, env []string, args ...string) result {
	tmp := t.TempDir()
	r := finish(t, command(t, tmp, env, args...))
	left, err := filepath.Glob(filepath.Join(tmp, "*"))
	require.NoError(t, err)
	require.Empty(t, left, "left behind by tlslab %s", strings.Join(args, " "))
	require.NotContains(t, r.stderr, "goroutine ", "a stack trace")
	return r
}

func finish(t testing.TB, cmd *exec.Cmd) result {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(t, err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
