package servers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUpstream(t *testing.T) {
	t.Parallel()
	far := newTLSServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "example.com", r.Host)
		w.WriteHeader(http.StatusTeapot)
	}))
	trusting := x509.NewCertPool()
	trusting.AddCert(far.Certificate())
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		assert.Equal(t, "example.com:443", addr)
		return new(net.Dialer).DialContext(ctx, network, far.Listener.Addr().String())
	}
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }
	for name, test := range map[string]struct {
		dial   func(context.Context, string, string) (net.Conn, error)
		roots  *x509.CertPool
		status int
		body   string
	}{
		"trusted":     {dial, trusting, http.StatusTeapot, ""},
		"not trusted": {dial, x509.NewCertPool(), http.StatusBadGateway, "tls: failed to verify certificate: x509: certificate signed by unknown authority\n"},
		"unreachable": {refuse, trusting, http.StatusBadGateway, net.ErrClosed.Error() + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(NewUpstream(test.dial, "example.com", &tls.Config{RootCAs: test.roots}), "/x")
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, test.body, w.Body.String())
		})
	}
}
