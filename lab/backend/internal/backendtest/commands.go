package backendtest

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
)

func testCommands(t *testing.T, b backend.Backend) {
	m := Open(t, b, backend.Plan{})
	for _, test := range []struct {
		name, line string
		exit       int
		output     string
	}{
		{"success", "echo out", 0, "out\n"},
		{"both outputs in order", "echo 1; echo 2 >&2; echo 3", 0, "1\n2\n3\n"},
		{"status", "exit 7", 7, ""},
		{"killed by a signal", "kill -9 $$", 137, ""},
		{"folder", "pwd", 0, "/\n"},
		{"nothing on standard input", "cat", 0, ""},
		{"nothing left behind", "sleep 1000 & true", 0, ""}, // else the output would not end
	} {
		exit, output := Shell(t, m, test.line)
		assert.Equal(t, test.output, output, test.name)
		assert.Equal(t, test.exit, exit, test.name)
	}

}

func testStdio(t *testing.T, b backend.Backend) {
	m := Open(t, b, backend.Plan{})
	run := func(c backend.Command) {
		t.Helper()
		c.Dir, c.Env = "/", []string{Path}
		exit, err := m.Run(t.Context(), c)
		require.NoError(t, err)
		assert.Zero(t, exit)
	}

	input := strings.Repeat("0123456789abcdef", 64<<10) // more than a pipe holds
	var out, errs bytes.Buffer
	run(backend.Command{Args: []string{"cat"}, Stdin: strings.NewReader(input), Stdout: &out})
	assert.Equal(t, len(input), out.Len())

	run(backend.Command{Args: []string{"true"}, Stdin: strings.NewReader(input)})

	out.Reset()
	run(backend.Command{Args: []string{"sh", "-c", "echo out; echo err >&2"}, Stdout: &out, Stderr: &errs})
	assert.Equal(t, "out\n", out.String())
	assert.Equal(t, "err\n", errs.String())

	name := filepath.Join(t.TempDir(), "file")
	file, err := os.Create(name)
	require.NoError(t, err)
	defer file.Close()
	run(backend.Command{Args: []string{"echo", "to a file"}, Stdout: file})
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, "to a file\n", string(content))
}

func testFailures(t *testing.T, b backend.Backend) {
	m := Open(t, b, backend.Plan{})
	env := []string{Path}
	for _, test := range []struct {
		name    string
		command backend.Command
		err     string
	}{
		{"no program", backend.Command{Dir: "/", Env: env}, "without a program"},
		{"unknown program", backend.Command{Args: []string{"no-such-program"}, Dir: "/", Env: env}, "not found"},
		{"no PATH", backend.Command{Args: []string{"true"}, Dir: "/"}, "not found"},
		{"no folder", backend.Command{Args: []string{"true"}, Dir: "/nonexistent", Env: env}, "/nonexistent"},
	} {
		_, err := m.Run(t.Context(), test.command)
		assert.ErrorContains(t, err, test.err, test.name)
	}
	exit, output := Shell(t, m, "echo still usable")
	assert.Zero(t, exit)
	assert.Equal(t, "still usable\n", output)
}

func testContext(t *testing.T, b backend.Backend) {
	m := Open(t, b, backend.Plan{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := m.Run(ctx, backend.Command{
			Args: []string{"sh", "-c", "sleep 1000 & echo up; wait"}, Dir: "/", Env: []string{Path}, Stdout: in,
		})
		done <- err
	}()
	up := make([]byte, len("up\n"))
	_, err := io.ReadFull(out, up)
	require.NoError(t, err)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)

	_, err = m.Run(ctx, backend.Command{Args: []string{"true"}, Dir: "/", Env: []string{Path}})
	assert.ErrorIs(t, err, context.Canceled, "not even started")
}
