package client

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

func newClient(t *testing.T, w scenarios.World, machine map[string]string) *Client {
	set, err := certgen.Generate(w.Certificates, time.Now())
	require.NoError(t, err)
	store, err := servers.NewStore([]string{scenarios.DefaultModule})
	require.NoError(t, err)
	c, err := New(Config{
		Dir: t.TempDir(), Cache: "/cache", Path: "/bin", World: w,
		Set: set, Store: store, Sumdb: "key", Machine: machine,
	})
	require.NoError(t, err)
	return c
}

// value is a variable of the client's environment, and whether it is there.
func value(c *Client, name string) (string, bool) {
	for _, variable := range c.Env() {
		if v, ok := strings.CutPrefix(variable, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// Nothing of this process's environment gets into the client's, whatever it
// is called.
func TestEnvironmentIsBuiltFromNothing(t *testing.T) {
	leaks := []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "HTTPS_PROXY", "NO_PROXY", "GOFLAGS", "GOPRIVATE", "GOROOT", "SOMETHING_ELSE"}
	for _, name := range leaks {
		t.Setenv(name, "leaked")
	}
	t.Setenv("HOME", "/leaked")
	t.Setenv("GOPROXY", "leaked")
	c := newClient(t, scenarios.World{}, nil)
	for _, name := range leaks {
		_, there := value(c, name)
		assert.False(t, there, name)
	}
	assert.NotContains(t, strings.Join(c.Env(), "\n"), "leaked")
	assert.True(t, slices.IsSorted(c.Env()))
}

// The lab's word gives way to the backend's, and that to the world's.
func TestEnvironmentLayers(t *testing.T) {
	w := scenarios.World{Client: scenarios.Client{Env: scenarios.Env{
		"GOSUMDB": "off", "SSL_CERT_FILE": "$HOME/ca.crt", "TILDE": "~/ca.crt", "EMPTY": "",
	}}}
	c := newClient(t, w, map[string]string{"SSL_CERT_FILE": "/store", "LC_ALL": "POSIX"})
	for name, want := range map[string]string{
		"GOSUMDB": "off", "LC_ALL": "POSIX", "SSL_CERT_FILE": c.Home() + "/ca.crt",
		"TILDE": "~/ca.crt", "EMPTY": "", "GOPROXY": "direct", "GOTOOLCHAIN": "local", "GOCACHE": "/cache", "PATH": "/bin",
	} {
		got, there := value(c, name)
		assert.True(t, there, name)
		assert.Equal(t, want, got, name)
	}
}

func TestGoproxy(t *testing.T) {
	modules := scenarios.Host{Serves: scenarios.Modules}
	onPort := scenarios.Host{Serves: scenarios.Modules, Listens: map[string]scenarios.Protocol{"8443": scenarios.SpeaksTLS}}
	plain := scenarios.Host{Serves: scenarios.Modules, Listens: map[string]scenarios.Protocol{"443": scenarios.SpeaksHTTP}}
	tests := map[string]struct {
		hosts map[string]scenarios.Host
		want  string
	}{
		"no module host":          {map[string]scenarios.Host{"git.corp.test": {Serves: scenarios.Git}}, "direct"},
		"the one":                 {map[string]scenarios.Host{"a.test": {Serves: scenarios.Sumdb}, "b.test": modules}, "https://b.test"},
		"the first by name":       {map[string]scenarios.Host{"b.test": modules, "c.test": modules}, "https://b.test"},
		"on another port":         {map[string]scenarios.Host{"b.test": onPort}, "https://b.test:8443"},
		"a broken one is https":   {map[string]scenarios.Host{"b.test": plain}, "https://b.test"},
		"an address is a name":    {map[string]scenarios.Host{"192.0.2.10": modules}, "https://192.0.2.10"},
		"an IPv6 address":         {map[string]scenarios.Host{"2001:db8::10": onPort}, "https://[2001:db8::10]:8443"},
		"one that refuses it all": {map[string]scenarios.Host{"b.test": {Serves: scenarios.Modules, Listens: map[string]scenarios.Protocol{}}}, "https://b.test"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, GOPROXY(scenarios.World{Hosts: test.hosts}))
		})
	}
}

func TestFiles(t *testing.T) {
	w := scenarios.World{
		Certificates: map[string]certgen.Spec{"root": {CA: true}, "proxy": {Issuer: "root"}},
		Client: scenarios.Client{Files: map[string]scenarios.File{
			"$HOME/corp/ca.crt": {Certificates: []string{"root"}},
			"ca.der":            {Certificates: []string{"root"}, As: certgen.DER},
			"go.sum":            {Sums: []string{scenarios.DefaultModule}},
			"sub/note.txt":      {Text: "hello"},
			"key.pem":           {Certificates: []string{"root"}, Keys: []string{"root"}},
			"ca.crl":            {Revokes: []string{"proxy"}},
			"/etc/absolute":     {Text: "the backend's"},
		}},
	}
	c := newClient(t, w, nil)
	read := func(path string) string {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(data)
	}
	assert.Contains(t, read(filepath.Join(c.Home(), "corp", "ca.crt")), "-----BEGIN CERTIFICATE-----")
	assert.NotContains(t, read(filepath.Join(c.Work(), "ca.der")), "BEGIN")
	assert.Contains(t, read(filepath.Join(c.Work(), "ca.crl")), "-----BEGIN X509 CRL-----")
	assert.Regexp(t, "(?s)^-----BEGIN CERTIFICATE-----.*-----BEGIN PRIVATE KEY-----", read(filepath.Join(c.Work(), "key.pem")))
	assert.Len(t, strings.Split(strings.TrimSpace(read(filepath.Join(c.Work(), "go.sum"))), "\n"), 2)
	assert.Equal(t, "hello", read(filepath.Join(c.Work(), "sub", "note.txt")))
	assert.NoFileExists(t, filepath.Join(c.Work(), "etc", "absolute"))
	assert.Contains(t, read(filepath.Join(c.Work(), "go.mod")), "module corp.test/app")
}

func TestExpand(t *testing.T) {
	c := newClient(t, scenarios.World{}, nil)
	words := []string{"git", "config", "http.sslCAInfo", "$HOME/ca.crt"}
	assert.Equal(t, []string{"git", "config", "http.sslCAInfo", c.Home() + "/ca.crt"}, c.Expand(words))
	assert.Equal(t, "$HOME/ca.crt", words[3], "the scenario is shared")
}

func TestPathBeginsWithGo(t *testing.T) {
	dirs := strings.Split(Path("/opt/go/bin/go"), string(os.PathListSeparator))
	assert.Equal(t, "/opt/go/bin", dirs[0])
	slices.Sort(dirs)
	assert.Len(t, slices.Compact(slices.Clone(dirs)), len(dirs), "a folder stands twice")
}
