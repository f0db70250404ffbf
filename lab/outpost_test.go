package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// twoHosts is a gateway before a module proxy.
var twoHosts = scenarios.World{
	Certificates: map[string]certgen.Spec{
		"root":    {CA: true, Subject: "CN=Root"},
		"proxy":   {Issuer: "root", Names: []string{"proxy.corp.test"}},
		"gateway": {Issuer: "root", Names: []string{"gateway.corp.test"}},
	},
	Hosts: map[string]scenarios.Host{
		"proxy.corp.test": {Serves: scenarios.Modules, Presents: []string{"proxy"}},
		"gateway.corp.test": {
			Serves: scenarios.ReverseProxy, Presents: []string{"gateway"},
			Upstream: &scenarios.Upstream{Host: "proxy.corp.test", Trusts: []string{"root"}},
		},
	},
}

func newOutpost(t *testing.T, cfg OutpostConfig) (*Outpost, map[string]string) {
	t.Helper()
	ports := map[string]string{}
	cfg.World, cfg.Dir = twoHosts, t.TempDir()
	cfg.Listen = func(port string) (net.Listener, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			ports[port] = l.Addr().String()
		}
		return l, err
	}
	o, err := NewOutpost(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, o.Close()) })
	return o, ports
}

// An outpost serves its own host and no other.
func TestOutpost(t *testing.T) {
	made, err := Make(twoHosts, time.Now())
	require.NoError(t, err)
	o, ports := newOutpost(t, OutpostConfig{Host: "proxy.corp.test", Materials: made})
	require.Len(t, ports, 1)

	roots := (&World{set: made.Set})
	pool, err := roots.roots([]string{"root"})
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, ports["443"])
		},
	}}
	answer, err := client.Get("https://proxy.corp.test/example.test/hello/@v/list")
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	assert.Equal(t, "v1.0.0\n", string(body))
	assert.Equal(t, 1, o.Evidence()["proxy.corp.test"].Connections)
}

// What is not served here is dialled by its own name.
func TestOutpostReachesOthersByName(t *testing.T) {
	made, err := Make(twoHosts, time.Now())
	require.NoError(t, err)
	o, ports := newOutpost(t, OutpostConfig{Host: "gateway.corp.test", Materials: made})
	require.Len(t, ports, 1)
	assert.Equal(t, map[string]string{"proxy.corp.test:443": "proxy.corp.test:443"}, o.world.doors.addresses)
}

func TestOutpostErrors(t *testing.T) {
	made, err := Make(twoHosts, time.Now())
	require.NoError(t, err)
	_, err = NewOutpost(OutpostConfig{World: twoHosts, Host: "prxy.corp.test", Materials: made})
	assert.ErrorContains(t, err, "it has gateway.corp.test, proxy.corp.test")

	occupied := errors.New("occupied")
	_, err = NewOutpost(OutpostConfig{
		World: twoHosts, Host: "proxy.corp.test", Materials: made,
		Listen: func(string) (net.Listener, error) { return nil, occupied },
	})
	assert.ErrorIs(t, err, occupied)
	assert.ErrorIs(t, err, ErrUnavailable)
}
