package sandbox

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

func TestBackend(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, closing(t))
}

// closing is a backend that the test closes.
func closing(t testing.TB) *sandbox {
	b := New().(*sandbox)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

func open(t testing.TB, plan backend.Plan) *machine {
	return backendtest.Open(t, closing(t), plan).(*machine)
}

func TestInside(t *testing.T) {
	t.Parallel()
	m := open(t, backend.Plan{})
	for _, test := range []struct{ name, line, output string }{
		{"root", "id -u", "0\n"},
		{"nothing but its environment", "env | grep -v '^PATH=\\|^PWD=\\|^_=\\|^SHLVL=\\|^OLDPWD='", ""},
		{"no interface but loopback", "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '", "lo\n"},
		{"a process tree of its own", "ls -d /proc/[0-9]* | head -1", "/proc/1\n"},
		{"no domain to search", "uname -n", "client\n"},
		{"its own resolver", "cat /etc/resolv.conf", "nameserver 127.0.0.1\n"},
		{"no descriptor of ours", "ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3 "}, // 3 is ls reading
		{"no daemon of the one before", "setsid sleep 1000 & true", ""},
		{"no process of the one before", "cat /proc/[0-9]*/comm | grep sleep", ""},
	} {
		_, output := backendtest.Shell(t, m, test.line)
		assert.Equal(t, test.output, output, test.name)
	}
}

func TestRunTakesNoMoreThanAMessage(t *testing.T) {
	t.Parallel()
	m := open(t, backend.Plan{})
	_, err := m.Run(t.Context(), backend.Command{
		Args: []string{"true", strings.Repeat("x", 1<<20)}, Dir: "/", Env: []string{backendtest.Path}, Stdin: strings.NewReader("x"), Stdout: io.Discard,
	})
	assert.ErrorContains(t, err, "the most that it takes")
}

// TestContextEndsDaemons cancels a command whose child has left its session.
func TestContextEndsDaemons(t *testing.T) {
	t.Parallel()
	m := open(t, backend.Plan{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := m.Run(ctx, backend.Command{
			Args: []string{"sh", "-c", "setsid sleep 1000 & echo up; wait"}, Dir: "/", Env: []string{backendtest.Path}, Stdout: in,
		})
		done <- err
	}()
	_, err := io.ReadFull(out, make([]byte, len("up\n")))
	require.NoError(t, err)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
	_, output := backendtest.Shell(t, m, "cat /proc/[0-9]*/comm")
	assert.NotContains(t, output, "sleep")
}

func TestRunAfterTheFirstProcessIsKilled(t *testing.T) {
	t.Parallel()
	m := open(t, backend.Plan{})
	require.NoError(t, m.cmd.Process.Kill())
	command := backend.Command{Args: []string{"true"}, Dir: "/", Env: []string{backendtest.Path}}
	_, err := m.Run(t.Context(), command)
	assert.ErrorContains(t, err, "the machine has ended")
	require.NoError(t, m.Close())
	_, err = m.Run(t.Context(), command)
	assert.ErrorContains(t, err, "the machine is closed")
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	open(t, backend.Plan{}) // there can be sandboxes
	for _, test := range []struct {
		name string
		plan backend.Plan
		err  string
	}{
		{"impossible address", backend.Plan{Addresses: []backend.Address{{Host: "224.0.0.1", Port: "443"}}}, "no machine can have"},
		{"bad port", backend.Plan{Addresses: []backend.Address{{Host: "a.corp.test", Port: "https"}}}, "a.corp.test:https"},
		{"a file that cannot be placed", backend.Plan{Files: map[string][]byte{"/nonexistent/file": nil}}, "/nonexistent/file"},
	} {
		test.plan.Dir = t.TempDir()
		_, err := closing(t).Open(t.Context(), test.plan)
		assert.ErrorContains(t, err, test.err, test.name)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl")
	urls := map[backend.Address]string{
		{Host: "192.0.2.7", Port: "443"}: "192.0.2.7:443/",
		{Host: "127.0.0.1", Port: "80"}:  "127.0.0.1/",
		{Host: "localhost", Port: "81"}:  "localhost:81/",
	}
	if kernelSetting("net/ipv6/conf/lo/disable_ipv6") == "0" {
		urls[backend.Address{Host: "2001:db8::7", Port: "80"}] = "[2001:db8::7]/"
		urls[backend.Address{Host: "::1", Port: "80"}] = "[::1]/"
	}
	plan := backend.Plan{Addresses: []backend.Address{{Host: "refuses.corp.test"}}}
	for a := range urls {
		plan.Addresses = append(plan.Addresses, a)
	}
	m := open(t, plan)
	for a, url := range urls {
		backendtest.ServeName(t, m.Listener(a))
		_, output := backendtest.Shell(t, m, "curl -sS 'http://"+url+"'")
		assert.Equal(t, url+"\n", output)
	}
	for url, status := range map[string]int{
		"http://refuses.corp.test/": 7, // connection refused
		"http://unknown.test/":      6, // no such name
		"http://198.51.100.1/":      7, // no route
	} {
		exit, _ := backendtest.Shell(t, m, "curl -sS "+url)
		assert.Equal(t, status, exit, url)
	}
}

// TestTerminal has script(1) run this program with a terminal, as a harness
// that gives it to a shell with job control.
func TestTerminal(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "script", "bash")
	open(t, backend.Plan{})
	output := withTerminal(t, terminalRole, "echo $-; sleep 0 & wait; jobs -l; kill -s INT $$; echo alive\nexit 5\n")
	assert.NotContains(t, output, "no job control")
	assert.Regexp(t, `(?m)^[a-zA-Z]*i[a-zA-Z]*m[a-zA-Z]*`, output, "interactive, with job control")
	assert.Contains(t, output, "exit 5 <nil>")
	assert.Contains(t, output, "in the foreground again")
	assert.Contains(t, output, "has none\nwithout a terminal: <nil>")
}
