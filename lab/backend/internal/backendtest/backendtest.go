// Package backendtest is what every backend is held to: the same commands, the
// same trust, the same texts of the real clients. Each backend's own tests run
// it, and use its helpers.
package backendtest

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
)

// Run holds b to everything. It is skipped where b is not available.
func Run(t *testing.T, b backend.Backend) {
	t.Run("commands", func(t *testing.T) { t.Parallel(); testCommands(t, b) })
	t.Run("stdio", func(t *testing.T) { t.Parallel(); testStdio(t, b) })
	t.Run("commands that cannot run", func(t *testing.T) { t.Parallel(); testFailures(t, b) })
	t.Run("end of context", func(t *testing.T) { t.Parallel(); testContext(t, b) })
	t.Run("clock", func(t *testing.T) { t.Parallel(); testClock(t, b) })
	t.Run("close", func(t *testing.T) { t.Parallel(); testClose(t, b) })
	t.Run("names", func(t *testing.T) { t.Parallel(); testNames(t, b) })
	t.Run("leads to", func(t *testing.T) { t.Parallel(); testLeadsTo(t, b) })
	t.Run("trust", func(t *testing.T) { t.Parallel(); testTrust(t, b) })
}

// Path is the environment of commands that need no other: where systems keep
// their programs.
const Path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Open opens a machine for the test, and closes it after.
func Open(t testing.TB, b backend.Backend, plan backend.Plan) backend.Machine {
	t.Helper()
	if err := b.Available(t.Context()); err != nil {
		t.Skip(err)
	}
	plan.Dir, plan.Scratch = t.TempDir(), os.TempDir()
	if program, err := exec.LookPath("go"); err == nil {
		plan.Go = program
	}
	m, err := b.Open(t.Context(), plan)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	return m
}

// Shell runs a line of shell with the machine's environment and extra, and
// gives what it printed on both outputs.
func Shell(t testing.TB, m backend.Machine, line string, extra ...string) (exit int, output string) {
	t.Helper()
	env := []string{Path}
	for name, value := range m.Env() {
		env = append(env, name+"="+value)
	}
	var out bytes.Buffer
	exit, err := m.Run(t.Context(), backend.Command{
		Args: []string{"sh", "-c", line}, Dir: "/", Env: append(env, extra...), Stdout: &out, Stderr: &out,
	})
	require.NoError(t, err)
	return exit, out.String()
}

// ModDownload asks https://proxy.corp.test for a module by the go command.
func ModDownload(t testing.TB, m backend.Machine) (output string) {
	t.Helper()
	program, err := exec.LookPath("go")
	require.NoError(t, err)
	dir := t.TempDir()
	_, output = Shell(t, m, "cd "+dir+" && go mod download example.test/hello@v1.0.0",
		Path+":"+filepath.Dir(program), "HOME="+dir, "GOTOOLCHAIN=local", "GOFLAGS=-modcacherw",
		"GOPROXY=https://proxy.corp.test", "GOSUMDB=off")
	return output
}

// Need skips the test where a program is missing.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
}

// ServeName answers every request on l with the name it was reached by.
func ServeName(t testing.TB, l net.Listener) {
	serve(t, l, func(r *http.Request) string { return r.Host + r.URL.RequestURI() })
}

// serveWord answers every request on l with a word.
func serveWord(t testing.TB, l net.Listener, word string) {
	serve(t, l, func(*http.Request) string { return word })
}

func serve(t testing.TB, l net.Listener, answer func(*http.Request) string) {
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, answer(r)+"\n")
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
}
