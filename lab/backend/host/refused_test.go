package host

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/scenarios"
)

func TestExpressesPorts(t *testing.T) {
	t.Parallel()
	hosts := map[string]scenarios.Host{
		"usual.corp.test": {},
		"other.corp.test": {Listens: map[string]scenarios.Protocol{"8443": scenarios.SpeaksTLS}},
	}
	tests := map[string]struct {
		env  scenarios.Env
		fits bool
	}{
		"no GOPROXY":              {nil, true},
		"the usual port":          {scenarios.Env{"GOPROXY": "https://usual.corp.test"}, true},
		"a port that is open":     {scenarios.Env{"GOPROXY": "https://other.corp.test:8443,direct"}, true},
		"a port that is closed":   {scenarios.Env{"GOPROXY": "https://other.corp.test"}, false},
		"plain HTTP":              {scenarios.Env{"GOPROXY": "http://usual.corp.test"}, false},
		"the second of a list":    {scenarios.Env{"GOPROXY": "https://usual.corp.test|https://usual.corp.test:444"}, false},
		"somebody else's host":    {scenarios.Env{"GOPROXY": "https://example.test:1"}, true},
		"a proxy that connects":   {scenarios.Env{"GOPROXY": "https://other.corp.test", "HTTPS_PROXY": "http://gateway.corp.test:3128"}, true},
		"no address at all":       {scenarios.Env{"GOPROXY": "off"}, true},
		"an address that is none": {scenarios.Env{"GOPROXY": "https://%"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := expressesPorts(&scenarios.World{Hosts: hosts, Client: scenarios.Client{Env: test.env}})
			assert.Equal(t, test.fits, err == nil, "%v", err)
		})
	}
}
