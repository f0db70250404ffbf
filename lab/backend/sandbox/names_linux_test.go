package sandbox

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
	"github.com/tlslab/tlslab/lab/resolver"
	"github.com/tlslab/tlslab/scenarios"
)

var (
	proxy = backend.Address{Host: "proxy.corp.test", Port: "80"}
	wrong = backend.Address{Host: "wrong.corp.test", Port: "80"}
)

// named is a machine with two hosts, where the resolver is told of the first.
func named(t *testing.T, told scenarios.Name) *machine {
	t.Helper()
	m := open(t, backend.Plan{
		Addresses:  []backend.Address{proxy, wrong},
		Names:      map[string]scenarios.Name{proxy.Host: told},
		HostsFiles: map[string][]string{localFolder + "/hosts": {proxy.Host}},
	})
	for _, a := range []backend.Address{proxy, wrong} {
		backendtest.ServeName(t, m.Listener(a))
	}
	return m
}

func TestNamesThatFail(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl", "go")
	for fault, text := range map[scenarios.NameFault]string{
		scenarios.NXDomain: "no such host",
		scenarios.ServFail: "server misbehaving",
	} {
		m := named(t, scenarios.Name{Answers: fault})
		assert.Contains(t, backendtest.ModDownload(t, m), "dial tcp: lookup proxy.corp.test on 127.0.0.1:53: "+text)
		assert.Contains(t, m.Queries(), resolver.Query{Name: proxy.Host, Type: "AAAA", Answer: strings.ToUpper(string(fault))})
		_, output := backendtest.Shell(t, m, "curl -sS http://wrong.corp.test/")
		assert.Equal(t, "wrong.corp.test/\n", output, "another name")

		_, output = backendtest.Shell(t, m, "cat "+localFolder+"/hosts >/etc/hosts; curl -sS http://proxy.corp.test/")
		assert.Equal(t, "proxy.corp.test/\n", output, "with the right line in the hosts file")
	}
}

// TestNoAnswer has go's resolver wait as short as it can (resolv.conf(5)).
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "go")
	m := named(t, scenarios.Name{Answers: scenarios.NoAnswer})
	_, _ = backendtest.Shell(t, m, "echo options timeout:1 attempts:1 >>/etc/resolv.conf")
	assert.Regexp(t, `lookup proxy.corp.test on 127.0.0.1:53: read udp 127.0.0.1:\d+->127.0.0.1:53: i/o timeout`, backendtest.ModDownload(t, m))
	assert.Contains(t, m.Queries(), resolver.Query{Name: proxy.Host, Type: "A"})
}

func TestUnknownName(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	m := open(t, backend.Plan{})
	dir := t.TempDir()
	_, output := backendtest.Shell(t, m, "cd "+dir+" && go mod download example.test/hello@v1.0.0",
		backendtest.Path+":"+filepath.Dir(program), "HOME="+dir, "GOTOOLCHAIN=local", "GOPROXY=https://unknown.corp.test", "GOSUMDB=off")
	assert.Contains(t, output, "lookup unknown.corp.test on 127.0.0.1:53: no such host")
	assert.Contains(t, m.Queries(), resolver.Query{Name: "unknown.corp.test", Type: "A", Answer: "NXDOMAIN"})
}

// TestDeadAddresses connects to addresses where every packet is lost, and by
// name to the good one behind them.
func TestDeadAddresses(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl")
	dead := []string{"192.0.2.66"}
	if kernelSetting("net/ipv6/conf/lo/disable_ipv6") == "0" {
		dead = append([]string{"2001:db8::66"}, dead...)
	}
	m := named(t, scenarios.Name{DeadAddresses: dead})
	for _, url := range []string{"http://192.0.2.66/", "http://[2001:db8::66]/"}[:len(dead)] {
		exit, output := backendtest.Shell(t, m, "curl -sS --connect-timeout 0.2 "+url)
		assert.Equal(t, 28, exit, "neither refused nor unreachable: %s", output)
	}
	_, output := backendtest.Shell(t, m, "curl -sS http://wrong.corp.test/")
	assert.Equal(t, "wrong.corp.test/\n", output)

	_, _ = backendtest.Shell(t, m, "curl -sS --connect-timeout 0.2 http://proxy.corp.test/")
	assert.Contains(t, m.Queries(), resolver.Query{Name: proxy.Host, Type: "A", Answer: "192.0.2.66 198.18.0.1"})
}

// TestAddresses connects to addresses to which there is no route.
func TestAddresses(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl")
	m := named(t, scenarios.Name{Addresses: []string{"192.0.2.66", "2001:db8::66"}})
	exit, output := backendtest.Shell(t, m, "curl -sS --connect-timeout 5 http://proxy.corp.test/")
	assert.Equal(t, 7, exit, "it fails at once: %s", output)
	assert.Contains(t, m.Queries(), resolver.Query{Name: proxy.Host, Type: "A", Answer: "192.0.2.66"})
	assert.Contains(t, m.Queries(), resolver.Query{Name: proxy.Host, Type: "AAAA", Answer: "2001:db8::66"})
}

// TestHappyEyeballs has curl go on to IPv4 (RFC 8305).
func TestHappyEyeballs(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl")
	if kernelSetting("net/ipv6/conf/lo/disable_ipv6") != "0" {
		t.Skip("this machine has IPv6 switched off")
	}
	m := named(t, scenarios.Name{DeadAddresses: []string{"2001:db8::66"}})
	_, output := backendtest.Shell(t, m, "curl -sSv http://proxy.corp.test/ 2>&1 | grep -v '^[<>]'")
	assert.Contains(t, output, "[2001:db8::66]:80")
	assert.Contains(t, output, "proxy.corp.test/\n")
}

func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	open(t, backend.Plan{}) // there can be sandboxes
	for _, test := range []struct {
		name string
		told scenarios.Name
		err  string
	}{
		{proxy.Host, scenarios.Name{LeadsTo: "nowhere.corp.test"}, "no host nowhere.corp.test"},
		{proxy.Host, scenarios.Name{DeadAddresses: []string{"x"}}, "unable to parse IP"},
		{"unknown.corp.test", scenarios.Name{DeadAddresses: []string{"192.0.2.66"}}, "no host unknown.corp.test"},
	} {
		_, err := closing(t).Open(t.Context(), backend.Plan{
			Dir: t.TempDir(), Addresses: []backend.Address{proxy}, Names: map[string]scenarios.Name{test.name: test.told},
		})
		require.ErrorContains(t, err, test.err)
	}
	_, err := closing(t).Open(t.Context(), backend.Plan{Dir: t.TempDir(), HostsFiles: map[string][]string{hostsFile: {"unknown.corp.test"}}})
	require.ErrorContains(t, err, "no host unknown.corp.test")
}
