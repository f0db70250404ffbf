package backendtest

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

func testClose(t *testing.T, b backend.Backend) {
	a := backend.Address{Host: "proxy.corp.test", Port: "443"}
	m := Open(t, b, backend.Plan{Addresses: []backend.Address{a}})
	require.NoError(t, m.Close())
	require.NoError(t, m.Close(), "twice")
	_, err := m.Listener(a).Accept()
	assert.ErrorIs(t, err, net.ErrClosed)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.Open(ended, backend.Plan{Dir: t.TempDir()})
	assert.ErrorIs(t, err, context.Canceled)
}

func testNames(t *testing.T, b backend.Backend) {
	Need(t, "curl")
	urls := map[backend.Address]string{
		{Host: "a.corp.test", Port: "80"}:   "a.corp.test/x?y=z",
		{Host: "a.corp.test", Port: "8080"}: "a.corp.test:8080/",
		{Host: "b.corp.test", Port: "80"}:   "b.corp.test/",
		{Host: "192.0.2.7", Port: "80"}:     "192.0.2.7/",
	}
	plan := backend.Plan{Addresses: []backend.Address{{Host: "silent.corp.test"}}}
	for a := range urls {
		plan.Addresses = append(plan.Addresses, a)
	}
	m := Open(t, b, plan)
	for a, url := range urls {
		ServeName(t, m.Listener(a))
		_, output := Shell(t, m, "curl -sS 'http://"+url+"'")
		assert.Equal(t, url+"\n", output)
	}
	_, output := Shell(t, m, "curl -sS http://b.corp.test/1 http://a.corp.test/2 http://b.corp.test/3 -d body")
	assert.Equal(t, "b.corp.test/1\na.corp.test/2\nb.corp.test/3\n", output, "one client, several hosts")

	assert.Nil(t, m.Listener(backend.Address{Host: "unknown.test", Port: "443"}))
	assert.Nil(t, m.Listener(backend.Address{Host: "silent.corp.test"}))
	for _, url := range []string{"silent.corp.test", "unknown.test", "198.51.100.1", "a.corp.test:81"} {
		exit, _ := Shell(t, m, "curl -sS --fail http://"+url)
		assert.NotZero(t, exit, url)
		exit, _ = Shell(t, m, "curl -sS https://"+url)
		assert.NotZero(t, exit, url)
	}
}

// testLeadsTo asks for a name that leads to another host.
func testLeadsTo(t *testing.T, b backend.Backend) {
	Need(t, "curl")
	proxy, wrong := backend.Address{Host: "proxy.corp.test", Port: "80"}, backend.Address{Host: "wrong.corp.test", Port: "80"}
	m := Open(t, b, backend.Plan{
		Addresses: []backend.Address{proxy, wrong},
		Names:     map[string]scenarios.Name{proxy.Host: {LeadsTo: wrong.Host}, "alias.corp.test": {LeadsTo: proxy.Host}},
	})
	serveWord(t, m.Listener(proxy), "proxy")
	serveWord(t, m.Listener(wrong), "wrong")
	_, output := Shell(t, m, "curl -sS http://proxy.corp.test http://wrong.corp.test http://alias.corp.test http://PROXY.corp.test")
	assert.Equal(t, "wrong\nwrong\nproxy\nwrong\n", output, "each name by itself: an alias is given the host's own address")
}

// clients are the programs that a store must hold for, and what they print
// where it holds the server's root.
var clients = []struct{ program, line, trusted string }{
	{"curl", "curl -sS https://proxy.corp.test/", "proxy.corp.test/\n"},
	{"git", "git ls-remote https://proxy.corp.test/", "fatal: https://proxy.corp.test/info/refs not valid: is this a git repository?"},
}

// Trusting opens a machine at whose proxy.corp.test a server answers by TLS.
// The machine trusts another root, and the server's if trust says so.
func Trusting(t testing.TB, b backend.Backend, trust bool, plan backend.Plan) (m backend.Machine, root []byte) {
	t.Helper()
	root, certificate := Authority(t, pkix.Name{CommonName: "Corp Root CA"}, "proxy.corp.test")
	other, _ := Authority(t, pkix.Name{CommonName: "Other Root CA"}, "other.corp.test")
	a := backend.Address{Host: "proxy.corp.test", Port: "443"}
	plan.Addresses, plan.Roots = []backend.Address{a}, [][]byte{other}
	if trust {
		plan.Roots = append(plan.Roots, root)
	}
	for name := range plan.Files {
		plan.Files[name] = root
	}
	m = Open(t, b, plan)
	ServeName(t, tls.NewListener(m.Listener(a), &tls.Config{Certificates: []tls.Certificate{certificate}}))
	return m, root
}

func testTrust(t *testing.T, b backend.Backend) {
	yes, _ := Trusting(t, b, true, backend.Plan{})
	no, _ := Trusting(t, b, false, backend.Plan{})
	for _, client := range clients {
		t.Run(client.program, func(t *testing.T) {
			Need(t, client.program)
			_, output := Shell(t, yes, client.line)
			assert.Contains(t, output, client.trusted)
			exit, output := Shell(t, no, client.line)
			assert.NotZero(t, exit)
			assert.Contains(t, output, "certificate")
		})
	}
	t.Run("go", func(t *testing.T) {
		Need(t, "go")
		output := ModDownload(t, yes)
		assert.NotContains(t, output, "x509")
		assert.Contains(t, output, "invalid character", "the server is no module proxy")

		const text = `go: example.test/hello@v1.0.0: Get "https://proxy.corp.test/example.test/hello/@v/v1.0.0.info": ` +
			"tls: failed to verify certificate: x509: certificate signed by unknown authority"
		assert.Equal(t, text, strings.TrimSpace(ModDownload(t, no)))

		empty := Open(t, b, backend.Plan{Addresses: []backend.Address{{Host: "proxy.corp.test", Port: "443"}}})
		_, certificate := Authority(t, pkix.Name{CommonName: "Corp Root CA"}, "proxy.corp.test")
		ServeName(t, tls.NewListener(empty.Listener(backend.Address{Host: "proxy.corp.test", Port: "443"}),
			&tls.Config{Certificates: []tls.Certificate{certificate}}))
		assert.Equal(t, text, strings.TrimSpace(ModDownload(t, empty)), "an empty store")
	})
}
