package host

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
	"github.com/tlslab/tlslab/scenarios"
)

func TestExpressesNames(t *testing.T) {
	t.Parallel()
	ports := func(ports ...string) scenarios.Host {
		listens := map[string]scenarios.Protocol{}
		for _, port := range ports {
			listens[port] = scenarios.SpeaksTLS
		}
		return scenarios.Host{Listens: listens}
	}
	for _, test := range []struct {
		name         string
		proxy, wrong scenarios.Host
		told         scenarios.Name
		why          string // "" where it is expressed
	}{
		{"leads to the same port", scenarios.Host{}, ports("443", "8443"), scenarios.Name{LeadsTo: "wrong.corp.test"}, ""},
		{"leads to another port", ports("443", "8443"), scenarios.Host{}, scenarios.Name{LeadsTo: "wrong.corp.test"}, "does not listen on 8443"},
		{"does not exist", scenarios.Host{}, scenarios.Host{}, scenarios.Name{Answers: scenarios.NXDomain}, "no lookup of the client's can fail"},
		{"dead", scenarios.Host{}, scenarios.Host{}, scenarios.Name{DeadAddresses: []string{"192.0.2.66"}}, "name proxy.corp.test"},
	} {
		err := expresses(&scenarios.World{
			Hosts:  map[string]scenarios.Host{"proxy.corp.test": test.proxy, "wrong.corp.test": test.wrong},
			Names:  map[string]scenarios.Name{"proxy.corp.test": test.told},
			Client: scenarios.Client{Run: scenarios.Command{"true"}},
		}, "linux")
		if test.why == "" {
			assert.NoError(t, err, test.name)
		} else {
			assert.ErrorContains(t, err, test.why, test.name)
		}
	}
}

// TestStrayPort asks a hijacked name for a port that only its own host has.
func TestStrayPort(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "curl")
	own := backend.Address{Host: "proxy.corp.test", Port: "8080"}
	m := backendtest.Open(t, New(), backend.Plan{
		Addresses: []backend.Address{own, {Host: "wrong.corp.test", Port: "80"}},
		Names:     map[string]scenarios.Name{"proxy.corp.test": {LeadsTo: "wrong.corp.test"}},
	})
	backendtest.ServeName(t, m.Listener(own))
	_, output := backendtest.Shell(t, m, "curl -sS http://proxy.corp.test:8080/")
	assert.Contains(t, output, "proxy.corp.test:8080 is no host of this world")
}
