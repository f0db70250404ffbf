package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "proxy.corp.test"

// specs are the certificates of these tests.
var specs = map[string]certgen.Spec{
	"root":         {CA: true, Subject: "CN=Corp Root CA"},
	"intermediate": {CA: true, Subject: "CN=Corp Issuing CA", Issuer: "root"},
	"proxy":        {Issuer: "intermediate", Names: []string{name}},
	"other":        {Issuer: "root", Names: []string{"other.corp.test"}},
	"rsa":          {Issuer: "root", Names: []string{name}, Key: "rsa-2048"},
	"client":       {Issuer: "root", Names: []string{"client.corp.test"}, ExtendedKeyUsage: []string{"client-auth"}},
	"stranger":     {CA: true, Subject: "CN=Stranger CA"},
	"strangers":    {Issuer: "stranger", Names: []string{"client.corp.test"}, ExtendedKeyUsage: []string{"client-auth"}},
}

func newSet(t testing.TB) *certgen.Set {
	t.Helper()
	set, err := certgen.Generate(specs, time.Now())
	require.NoError(t, err)
	return set
}

// rig is an endpoint and the certificates that it was started with.
type rig struct {
	*Endpoint
	t    testing.TB
	set  *certgen.Set
	addr string
}

// start serves a page as host says, with the sound chain where it names none.
func start(t testing.TB, protocol scenarios.Protocol, host scenarios.Host) *rig {
	t.Helper()
	return startWith(t, protocol, host, servers.NewPage())
}

func startWith(t testing.TB, protocol scenarios.Protocol, host scenarios.Host, h http.Handler) *rig {
	t.Helper()
	if host.Presents == nil && host.BySNI == nil {
		host.Presents = []string{"proxy", "intermediate"}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	set := newSet(t)
	e, err := Start(Config{Name: name, Host: host, Protocol: protocol, Set: set, Handler: h, Listener: listener})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return &rig{Endpoint: e, t: t, set: set, addr: listener.Addr().String()}
}

// client is the TLS of a client that trusts the root.
func (r *rig) client() *tls.Config {
	root, err := r.set.Certificate("root").Parse()
	require.NoError(r.t, err)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	return &tls.Config{ServerName: name, RootCAs: roots}
}

// get asks for a URL like net/http's default transport would, but at the
// endpoint whatever the host, and closes the connection.
func (r *rig) get(url string, config *tls.Config) (*http.Response, string, error) {
	transport := &http.Transport{
		TLSClientConfig:   config.Clone(),
		ForceAttemptHTTP2: len(config.NextProtos) == 0,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, r.addr)
		},
	}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

// seen is the endpoint's only connection, when the client has left.
func (r *rig) seen() Connection {
	r.t.Helper()
	require.NoError(r.t, r.Settle(r.t.Context()))
	e := r.Evidence()
	require.Equal(r.t, 1, e.Connections)
	require.Empty(r.t, e.Errors)
	return e.Seen[0]
}
