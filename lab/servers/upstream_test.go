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
		dial    func(context.Context, string, string) (net.Conn, error)
		roots   *x509.CertPool
		failure int
		status  int
		body    string
	}{
		"trusted":     {dial, trusting, 0, http.StatusTeapot, ""},
		"not trusted": {dial, x509.NewCertPool(), 0, http.StatusBadGateway, "tls: failed to verify certificate: x509: certificate signed by unknown authority\n"},
		"unreachable": {refuse, trusting, 0, http.StatusBadGateway, net.ErrClosed.Error() + "\n"},
		"wordless":    {refuse, trusting, http.StatusNotFound, http.StatusNotFound, "Not Found\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(NewUpstream(test.dial, "example.com", &tls.Config{RootCAs: test.roots}, test.failure), "/x")
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, test.body, w.Body.String())
		})
	}
}
