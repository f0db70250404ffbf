package mitm_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/mitm"
	"github.com/tlslab/tlslab/scenarios"
)

// rig is an origin that serves size bytes, and a proxy that opens the TLS of
// every host, all of which are the origin.
type rig struct {
	b             *testing.B
	set           *certgen.Set
	roots         *x509.CertPool // of the origin and of the proxy
	origin, proxy string
}

func newRig(b *testing.B, size int64) *rig {
	set, err := certgen.Generate(map[string]certgen.Spec{
		"root":       {CA: true, Subject: "CN=Corp Root CA"},
		"origin":     {Issuer: "root", Names: []string{"*.corp.test"}},
		"gateway-ca": {CA: true, Subject: "CN=Gateway CA"},
	}, time.Now())
	require.NoError(b, err)
	r := &rig{b: b, set: set, roots: x509.NewCertPool()}
	for _, name := range []string{"root", "gateway-ca"} {
		root, err := set.Certificate(name).Parse()
		require.NoError(b, err)
		r.roots.AddCert(root)
	}
	zip := bytes.Repeat([]byte("module"), int(size/6)+1)[:size]
	r.origin = r.serve(endpoint.Config{
		Protocol: scenarios.SpeaksTLS,
		Host:     scenarios.Host{Presents: []string{"origin"}, TLS: &scenarios.TLS{ALPN: []string{"http/1.1"}}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(size))
			_, _ = w.Write(zip)
		}),
	})
	r.serveProxy()
	return r
}

// serve starts an endpoint and gives its address.
func (r *rig) serve(cfg endpoint.Config) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(r.b, err)
	cfg.Listener = l
	r.start(cfg)
	return l.Addr().String()
}

func (r *rig) start(cfg endpoint.Config) *endpoint.Endpoint {
	cfg.Set = r.set
	e, err := endpoint.Start(cfg)
	require.NoError(r.b, err)
	r.b.Cleanup(func() { require.NoError(r.b, e.Close()) })
	return e
}

func (r *rig) serveProxy() {
	var opened *endpoint.Endpoint
	proxy := mitm.NewProxy(mitm.ProxyConfig{
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, r.origin)
		},
		TLS:        &tls.Config{RootCAs: r.roots},
		Intercepts: mitm.Patterns{"*"},
		Intercept: func(client net.Conn, address string) {
			host, _, _ := net.SplitHostPort(address)
			opened.Take(client, host)
		},
	})
	var leaves mitm.Leaves
	opened = r.start(endpoint.Config{
		Protocol: scenarios.SpeaksTransparent, Handler: proxy.Intercepted(),
		Host: scenarios.Host{TLS: &scenarios.TLS{ALPN: []string{"http/1.1"}}},
		Sign: func(host string) (*endpoint.Chain, error) {
			leaf, err := leaves.Fetch(host, func() (*tls.Certificate, error) {
				c, err := r.set.Issue("resigned", certgen.Spec{Issuer: "gateway-ca", Names: []string{host}}, time.Now())
				if err != nil {
					return nil, err
				}
				return &tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: c.Key}, nil
			})
			if err != nil {
				return nil, err
			}
			return &endpoint.Chain{Names: []string{"resigned"}, Certificate: *leaf}, nil
		},
	})
	r.proxy = r.serve(endpoint.Config{Protocol: scenarios.SpeaksHTTP, Handler: proxy})
}

// fetch gets what host serves over a new connection, by the proxy where it is
// to, and verifies all of it.
func (r *rig) fetch(host string, byProxy bool, size int64) {
	address := r.origin
	if byProxy {
		address = r.proxy
	}
	conn, err := net.Dial("tcp", address)
	require.NoError(r.b, err)
	defer conn.Close()
	if byProxy {
		_, err = fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host)
		require.NoError(r.b, err)
		answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
		require.NoError(r.b, err)
		require.Equal(r.b, http.StatusOK, answer.StatusCode)
	}
	client := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: r.roots})
	_, err = fmt.Fprintf(client, "GET /m.zip HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	require.NoError(r.b, err)
	answer, err := http.ReadResponse(bufio.NewReaderSize(client, 64<<10), nil)
	require.NoError(r.b, err)
	require.Equal(r.b, http.StatusOK, answer.StatusCode)
	n, err := io.Copy(io.Discard, answer.Body)
	require.NoError(r.b, err)
	require.Equal(r.b, size, n)
}

// BenchmarkZip fetches 100 MB from the origin and through the interception, in
// turns, so that the machine's pace is the same for both. "ratio" is the
// throughput through the proxy by the direct one, of medians.
func BenchmarkZip(b *testing.B) {
	const size = 100 << 20
	r := newRig(b, size)
	var direct, intercepted []time.Duration
	for b.Loop() {
		direct = append(direct, timed(func() { r.fetch("proxy.corp.test", false, size) }))
		intercepted = append(intercepted, timed(func() { r.fetch("proxy.corp.test", true, size) }))
	}
	const rate = size / 1e3 // MB/s, by milliseconds
	b.ReportMetric(rate/median(direct), "direct-MB/s")
	b.ReportMetric(rate/median(intercepted), "intercepted-MB/s")
	b.ReportMetric(median(direct)/median(intercepted), "ratio")
}

// BenchmarkNewHost is the first request for a host through the interception:
// CONNECT, a certificate, two handshakes and an answer. In turns with it go the
// same request without a proxy, and two handshakes of crypto/tls with nothing
// around them, which no interception can do without. All are medians.
func BenchmarkNewHost(b *testing.B) {
	r := newRig(b, 100)
	bare := r.serveHandshakes()
	var direct, intercepted, handshakes []time.Duration
	for i := 0; b.Loop(); i++ {
		host := fmt.Sprintf("h%d.corp.test", i)
		handshakes = append(handshakes, timed(func() {
			r.handshake(bare, host)
			r.handshake(bare, host)
		}))
		direct = append(direct, timed(func() { r.fetch(host, false, 100) }))
		intercepted = append(intercepted, timed(func() { r.fetch(host, true, 100) }))
	}
	b.ReportMetric(median(intercepted), "first-request-ms")
	b.ReportMetric(median(direct), "direct-ms")
	b.ReportMetric(median(handshakes), "two-handshakes-ms")
}

func timed(run func()) time.Duration {
	start := time.Now()
	run()
	return time.Since(start)
}

// median is in milliseconds.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds() * 1000
}

// serveHandshakes is a server that handshakes as the origin and hangs up.
func (r *rig) serveHandshakes() (address string) {
	certificate, err := r.set.TLS([]string{"origin"}, "")
	require.NoError(r.b, err)
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, SessionTicketsDisabled: true}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(r.b, err)
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = tls.Server(conn, config).Handshake()
			_ = conn.Close()
		}
	})
	r.b.Cleanup(func() {
		_ = l.Close()
		ended.Wait()
	})
	return l.Addr().String()
}

func (r *rig) handshake(address, host string) {
	conn, err := net.Dial("tcp", address)
	require.NoError(r.b, err)
	defer conn.Close()
	client := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: r.roots})
	require.NoError(r.b, client.Handshake())
	_, err = client.Read(make([]byte, 1)) // until the server has had its part too
	require.ErrorIs(r.b, err, io.EOF)
}
