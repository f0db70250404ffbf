package export

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/lab/judge"
	"github.com/tlslab/tlslab/mitm"
	"github.com/tlslab/tlslab/scenarios"
)

func needNginx(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("no nginx on PATH: apt-get install nginx-light")
	}
}

// freePorts are count consecutive ports that nobody has.
func freePorts(t *testing.T, count int) int {
	t.Helper()
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		open := []net.Listener{first}
		base := first.Addr().(*net.TCPAddr).Port
		for i := 1; i < count; i++ {
			next, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(base+i)))
			if err != nil {
				break
			}
			open = append(open, next)
		}
		for _, l := range open {
			require.NoError(t, l.Close())
		}
		if len(open) == count {
			return base
		}
	}
	require.Fail(t, "no free ports in a row")
	return 0
}

// realNginx is an nginx that serves a case, as its README starts it.
type realNginx struct {
	world scenarios.World
	made  lab.Materials
	ports map[string]int
}

func startNginx(t *testing.T, c lab.Case) *realNginx {
	t.Helper()
	w, err := c.World()
	require.NoError(t, err)
	made, err := lab.Make(w, time.Now())
	require.NoError(t, err)
	first := freePorts(t, 4)
	e, err := renderNginx(c, w, made, NginxOptions{Port: first})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, e.Files.Write(dir, false))
	n := &nginx{world: w, ports: map[string]int{}}
	n.assignPorts(first)

	global := "daemon off;"
	if os.Getuid() == 0 {
		global += " user root;" // whose folders only root can read
	}
	cmd := exec.Command("nginx", "-e", "stderr", "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-g", global)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})
	// nginx writes its process number once it listens.
	require.Eventually(t, func() bool {
		select {
		case err := <-ended:
			ended <- err
			require.Fail(t, "nginx ended", "%v\n%s", err, log.String())
		default:
		}
		number, err := os.ReadFile(filepath.Join(dir, "nginx.pid"))
		return err == nil && len(number) > 0
	}, 10*time.Second, time.Millisecond)
	return &realNginx{world: w, made: made, ports: n.ports}
}

// run runs the world's command as a client whose names lead to nginx.
func (n *realNginx) run(t *testing.T) judge.Run {
	t.Helper()
	tunnel := httptest.NewServer(mitm.NewProxy(mitm.ProxyConfig{
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			port, ok := n.ports[address]
			if !ok {
				return nil, errors.New("no such host: " + address)
			}
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		},
	}))
	defer tunnel.Close()
	dir := t.TempDir()
	var roots []*certgen.Certificate
	for _, name := range n.world.Client.Trusts {
		roots = append(roots, n.made.Set.Certificate(name))
	}
	bundle, err := certgen.Bundle(roots, certgen.PEM)
	require.NoError(t, err)
	trust := filepath.Join(dir, "trust.pem")
	require.NoError(t, os.WriteFile(trust, bundle, 0o600))
	tool, err := exec.LookPath("go")
	require.NoError(t, err)
	c, err := client.New(client.Config{
		Dir: filepath.Join(dir, "client"), Cache: filepath.Join(dir, "cache"), Path: client.Path(tool),
		World: n.world, Set: n.made.Set, Store: n.made.Store, Sumdb: n.made.Sumdb.VerifierKey(),
		Machine: map[string]string{"HTTPS_PROXY": tunnel.URL, "SSL_CERT_FILE": trust, "SSL_CERT_DIR": dir + "/none", "GOFLAGS": "-modcacherw"},
	})
	require.NoError(t, err)
	command := c.Expand(n.world.Client.Run)
	cmd := exec.Command(tool, command[1:]...)
	cmd.Dir, cmd.Env = c.Work(), c.Env()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err = cmd.Run()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		require.NoError(t, err)
	}
	return judge.Run{
		Exit: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String(),
		Context: judge.Context{Set: n.made.Set, Home: c.Home(), Start: start, End: time.Now()},
	}
}

// The real go command prints the same with a real nginx as with the lab's own
// servers.
func TestNginxFailsInTheSameWords(t *testing.T) {
	needNginx(t)
	l, err := lab.New(t.Context(), lab.Options{Backend: "host"})
	if errors.Is(err, lab.ErrUnavailable) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	for _, test := range []struct{ id, trial string }{
		{"chain/missing-intermediate", "broken"},
		{"chain/missing-intermediate", "fix:send-the-chain"},
		{"protocol/tls10-only", "broken"},
		{"protocol/client-certificate-400", "broken"},
		{"modules/proxy-password-required", "broken"},
		{"modules/proxy-hides-its-upstreams-tls", "broken"},
		{"modules/cache-keeps-a-broken-zip", "broken"},
		{"protocol/unrecognized-name", "broken"},
		{"protocol/no-common-group", "broken"},
		{"names/default-certificate", "broken"},
		{"transport/service-unavailable", "broken"},
	} {
		t.Run(test.id+" "+test.trial, func(t *testing.T) {
			c := caseOf(t, test.id, test.trial)
			want, err := l.Play(t.Context(), c)
			require.NoError(t, err)
			require.Equal(t, lab.AsExpected, want.Verdict, "%s\n%s", want.Why, want.Stderr)

			got := startNginx(t, c).run(t)

			assert.Equal(t, want.Exit, got.Exit)
			assert.Equal(t, want.Normal, got.Normal(got.Stderr))
		})
	}
}

// Whatever of the catalogue is rendered, nginx takes; whatever is not names
// its host.
func TestNginxTakesTheCatalogue(t *testing.T) {
	needNginx(t)
	all, err := scenarios.Catalogue()
	require.NoError(t, err)
	rendered := 0
	for _, s := range all {
		e, err := Nginx(lab.Case{Scenario: s}, NginxOptions{})
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.Contains(line, "no host of this world listens") {
					assert.Regexp(t, `^host [^ ]+: .+: nginx cannot express it: .+`, line, s.ID)
				}
			}
			continue
		}
		rendered++
		dir := t.TempDir()
		require.NoError(t, e.Files.Write(dir, false))
		out, err := exec.Command("nginx", "-t", "-e", "stderr", "-p", dir, "-c", filepath.Join(dir, "nginx.conf")).CombinedOutput()
		assert.NoError(t, err, "%s: %s", s.ID, out)
	}
	t.Logf("%d of %d scenarios rendered", rendered, len(all))
	assert.Greater(t, rendered, len(all)/2)
}
