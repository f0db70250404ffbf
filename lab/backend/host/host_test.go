package host

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
	"github.com/tlslab/tlslab/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBackend(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "sh")
	assert.Equal(t, "host", New().Name())
	backendtest.Run(t, New())
}

func TestExpresses(t *testing.T) {
	t.Parallel()
	run := scenarios.Command{"go", "get", "example.test/hello"}
	hosts := func(name string, h scenarios.Host) map[string]scenarios.Host {
		return map[string]scenarios.Host{name: h}
	}
	proxied := func(variable, value string, speaks scenarios.Protocol) scenarios.World {
		return scenarios.World{
			Hosts: hosts("gateway.corp.test", scenarios.Host{
				Serves: scenarios.ForwardProxy, Listens: map[string]scenarios.Protocol{"3128": speaks},
			}),
			Client: scenarios.Client{Env: map[string]string{variable: value}},
		}
	}
	const gateway = "gateway.corp.test:3128"
	named := proxied("HTTPS_PROXY", gateway, scenarios.SpeaksHTTP)
	commanded, filed := named, named
	commanded.Client.Run = scenarios.Command{"curl", "--proxy", gateway}
	filed.Client.Files = map[string]scenarios.File{"$HOME/.gitconfig": {Text: "proxy = " + gateway}}
	for _, test := range []struct {
		name   string
		world  scenarios.World
		system string
		why    string // "" where it is expressed
	}{
		{"a name", scenarios.World{Hosts: hosts("proxy.corp.test", scenarios.Host{})}, "linux", ""},
		{"an address", scenarios.World{Hosts: hosts("192.0.2.1", scenarios.Host{})}, "linux", ""},
		{"localhost", scenarios.World{Hosts: hosts("localhost", scenarios.Host{})}, "linux", "host localhost: go sends"},
		{"127.1.2.3", scenarios.World{Hosts: hosts("127.1.2.3", scenarios.Host{})}, "linux", "host 127.1.2.3: go sends"},
		{"::1", scenarios.World{Hosts: hosts("::1", scenarios.Host{})}, "linux", "host ::1: go sends"},
		{"refused", scenarios.World{Hosts: hosts("proxy.corp.test", scenarios.Host{Listens: map[string]scenarios.Protocol{}})}, "linux", "it listens nowhere"},
		{"files of its own", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{"$HOME/a": {}, "b": {}}}}, "linux", ""},
		{"files anywhere", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{"/etc/a": {}}}}, "linux", "client file /etc/a"},
		{"trust variables", scenarios.World{Client: scenarios.Client{Env: map[string]string{"SSL_CERT_FILE": "/dev/null"}}}, "linux", ""},
		{"a proxy", scenarios.World{Client: scenarios.Client{Env: map[string]string{"https_proxy": "proxy.corp.test:3128"}}}, "linux", "client variable https_proxy"},
		{"a proxy of the world", named, "linux", ""},
		{"https for a proxy without TLS", proxied("https_proxy", "https://u:p@"+gateway, scenarios.SpeaksHTTP), "linux", ""},
		{"a proxy without its port", proxied("HTTPS_PROXY", "gateway.corp.test", scenarios.SpeaksHTTP), "linux", "named with its port"},
		{"a proxy over TLS", proxied("HTTPS_PROXY", "https://"+gateway, scenarios.SpeaksTLS), "linux", "that speaks plain HTTP"},
		{"a proxy for http", proxied("HTTP_PROXY", gateway, scenarios.SpeaksHTTP), "linux", "client variable HTTP_PROXY"},
		{"a command that names a proxy", commanded, "linux", "command curl: it names the proxy " + gateway},
		{"a file that names a proxy", filed, "linux", "client file $HOME/.gitconfig: it names the proxy"},
		{"no proxy", scenarios.World{Client: scenarios.Client{Env: map[string]string{"NO_PROXY": "*"}}}, "linux", "client variable NO_PROXY"},
		{"a program past every proxy", scenarios.World{Client: scenarios.Client{Run: scenarios.Command{"node", "-e", "1"}}}, "linux", "command node: it does not go by HTTPS_PROXY"},
		{"s_client", scenarios.World{Client: scenarios.Client{Run: scenarios.Command{"openssl", "s_client", "-connect", "a.test:443"}}}, "linux", "command s_client"},
		{"openssl that connects nowhere", scenarios.World{Client: scenarios.Client{Run: scenarios.Command{"openssl", "verify", "a.crt"}}}, "linux", ""},
		{"system tool before", scenarios.World{Client: scenarios.Client{Before: []scenarios.Command{{"update-ca-certificates"}}}}, "linux", "command update-ca-certificates"},
		{"system tool run", scenarios.World{Client: scenarios.Client{Run: scenarios.Command{"sh", "-c", "cp a b && /usr/sbin/update-ca-certificates"}}}, "linux", "command /usr/sbin/update-ca-certificates"},
		{"the name of a system tool", scenarios.World{Client: scenarios.Client{Run: scenarios.Command{"go", "get", "example.test/trust"}}}, "linux", ""},
		{"trust on linux", scenarios.World{Client: scenarios.Client{Trusts: []string{"root"}}}, "linux", ""},
		{"trust on darwin", scenarios.World{Client: scenarios.Client{Trusts: []string{"root"}}}, "darwin", "go on darwin ignores SSL_CERT_FILE"},
		{"trust on windows", scenarios.World{Client: scenarios.Client{Trusts: []string{"root"}}}, "windows", "go on windows ignores SSL_CERT_FILE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.world.Client.Run == nil {
				test.world.Client.Run = run
			}
			err := expresses(&test.world, test.system)
			if test.why == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.why)
			}
		})
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	_, err := New().Open(t.Context(), backend.Plan{Dir: t.TempDir(), Files: map[string][]byte{"/etc/a": nil}})
	assert.ErrorContains(t, err, "no file outside its own folder")
	_, err = New().Open(t.Context(), backend.Plan{Dir: filepath.Join(t.TempDir(), "missing")})
	assert.ErrorIs(t, err, os.ErrNotExist)

	m := backendtest.Open(t, New(), backend.Plan{})
	_, port, _ := strings.Cut(strings.TrimPrefix(m.Env()["HTTPS_PROXY"], "http://"), ":")
	_, err = New().Open(t.Context(), backend.Plan{Dir: t.TempDir(), Port: port})
	assert.ErrorContains(t, err, "127.0.0.1:"+port, "a port that is taken")
}

// A proxy has a port of its own on loopback, and the address that is asked for
// stays what it is elsewhere.
func TestReach(t *testing.T) {
	t.Parallel()
	gateway := backend.Address{Host: "gateway.corp.test", Port: "3128"}
	proxy := backend.Address{Host: "proxy.corp.test", Port: "443"}
	m := backendtest.Open(t, New(), backend.Plan{Addresses: []backend.Address{gateway, proxy}, Proxies: []backend.Address{gateway}})
	assert.Equal(t, "proxy.corp.test:443", m.Reach(proxy))
	accepted := make(chan error)
	go func() {
		conn, err := m.Listener(gateway).Accept()
		if err == nil {
			err = conn.Close()
		}
		accepted <- err
	}()
	conn, err := net.Dial("tcp", m.Reach(gateway))
	require.NoError(t, err)
	assert.NoError(t, <-accepted)
	require.NoError(t, conn.Close())
}

func TestPort(t *testing.T) {
	t.Parallel()
	free, err := listen(t.Context(), "")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	_, port, _ := strings.Cut(address, ":")
	m := backendtest.Open(t, New(), backend.Plan{Port: port})
	assert.Equal(t, "http://"+address, m.Env()["HTTPS_PROXY"])
}

// TestStoreOfOpenSSL verifies a server with nothing but the folder of the
// store, in which OpenSSL finds roots by the hashes in their names.
func TestStoreOfOpenSSL(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "openssl")
	m, root := backendtest.Trusting(t, New(), true, backend.Plan{})
	file := filepath.Join(t.TempDir(), "root.crt")
	require.NoError(t, os.WriteFile(file, root, 0o600))
	verify := func(dir string) (string, error) {
		out, err := exec.Command("openssl", "verify", "-no-CAfile", "-no-CAstore", "-CApath", dir, file).CombinedOutput()
		return string(out), err
	}
	out, err := verify(m.Env()["SSL_CERT_DIR"])
	require.NoError(t, err, out)
	assert.Contains(t, out, ": OK")
	out, err = verify(t.TempDir())
	assert.Error(t, err, out)
}

func BenchmarkOpen(b *testing.B) {
	plan := backend.Plan{Addresses: []backend.Address{{Host: "proxy.corp.test", Port: "443"}, {Host: "sum.corp.test", Port: "443"}}}
	base := b.TempDir()
	for b.Loop() {
		dir, err := os.MkdirTemp(base, "")
		require.NoError(b, err)
		plan.Dir = dir
		m, err := New().Open(b.Context(), plan)
		require.NoError(b, err)
		require.NoError(b, m.Close())
	}
}

func TestHostIsNoImage(t *testing.T) {
	assert.ErrorContains(t, New().Expresses(&scenarios.World{Client: scenarios.Client{Image: scenarios.Debian}}), "--backend container")
}
