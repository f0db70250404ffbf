package endpoint

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// Both ends of every handshake that fails, and what is negotiated where it
// does not.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	const noCipher = "tls: no cipher suite supported by both client and server; client offered: [c02b c02f c02c c030 cca9 cca8 c009 c013 c00a c014 1301 1302 1303]"
	h1 := []string{"http/1.1"}
	rsaOnly := []string{"TLS_RSA_WITH_AES_128_GCM_SHA256"}
	for name, test := range map[string]struct {
		host   scenarios.Host
		client func(*tls.Config, *rig)
		err    string // how the client's ends, since net/http can be at work when an alert of TLS 1.3 comes
		server string
		want   Connection // what was negotiated
	}{
		"sound": {
			want: Connection{Version: "1.3", ALPN: "h2"},
		},
		"TLS 1.0 only": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Max: "1.0"}},
			err:    "remote error: tls: protocol version not supported",
			server: "tls: client offered only unsupported versions: [304 303]",
		},
		"TLS 1.0 only, and so the client": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Max: "1.0"}},
			client: func(c *tls.Config, _ *rig) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 },
			want:   Connection{Version: "1.0", Cipher: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", ALPN: "http/1.1"},
		},
		"TLS 1.1 and 1.0": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Min: "1.0", Max: "1.1"}},
			client: func(c *tls.Config, _ *rig) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
			want:   Connection{Version: "1.1", ALPN: "http/1.1"},
		},
		"TLS 1.3 only": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Min: "1.3"}},
			client: func(c *tls.Config, _ *rig) { c.MaxVersion = tls.VersionTLS12 },
			err:    "remote error: tls: protocol version not supported",
			server: "tls: client offered only unsupported versions: [303]",
		},
		"RSA key exchange only": {
			host:   scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Ciphers: rsaOnly}},
			err:    "remote error: tls: handshake failure",
			server: noCipher,
		},
		"RSA key exchange only, and so the client": {
			host:   scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Ciphers: rsaOnly}},
			client: func(c *tls.Config, _ *rig) { c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256} },
			want:   Connection{Version: "1.2", Cipher: rsaOnly[0], ALPN: "http/1.1"},
		},
		"3DES only": {
			host:   scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Ciphers: []string{"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"}}},
			err:    "remote error: tls: handshake failure",
			server: noCipher,
		},
		"3DES only, and so the client": {
			host:   scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Ciphers: []string{"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"}}},
			client: func(c *tls.Config, _ *rig) { c.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA} },
			want:   Connection{Version: "1.2", Cipher: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", ALPN: "http/1.1"},
		},
		"a cipher suite without HTTP/2's own": {
			host: scenarios.Host{TLS: &scenarios.TLS{Max: "1.2", Ciphers: []string{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"}}},
			want: Connection{Version: "1.2", Cipher: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", ALPN: "h2"},
		},
		"ciphers that crypto/tls does not have": {
			host:   scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Ciphers: []string{"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"}}},
			err:    "remote error: tls: handshake failure",
			server: noCipher,
		},
		"X448 only": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Curves: []string{"X448"}}},
			err:    "remote error: tls: handshake failure",
			server: "tls: no key exchanges supported by both client and server",
		},
		"signatures of a kind that the client has": {
			host: scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Signatures: []string{"rsa_pss_rsae_sha256"}}},
			want: Connection{Version: "1.3", ALPN: "h2"},
		},
		"SHA-1 signatures only, which go.mod's godebug line allows this process": {
			host: scenarios.Host{Presents: []string{"rsa"}, TLS: &scenarios.TLS{Max: "1.2", Signatures: []string{"rsa_pkcs1_sha1"}}},
			want: Connection{Version: "1.2", Cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ALPN: "h2"},
		},
		"P-384 only": {
			host: scenarios.Host{TLS: &scenarios.TLS{Curves: []string{"P-384"}}},
			want: Connection{Version: "1.3", ALPN: "h2"},
		},
		"no common curve": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Curves: []string{"P-521"}}},
			client: func(c *tls.Config, _ *rig) { c.CurvePreferences = []tls.CurveID{tls.X25519} },
			err:    "remote error: tls: handshake failure",
			server: "tls: no key exchanges supported by both client and server",
		},
		"HTTP/1.1 only": {
			host: scenarios.Host{TLS: &scenarios.TLS{ALPN: h1}},
			want: Connection{Version: "1.3", ALPN: "http/1.1"},
		},
		"no ALPN": {
			host: scenarios.Host{TLS: &scenarios.TLS{ALPN: []string{}}},
			want: Connection{Version: "1.3"},
		},
		"no common protocol": {
			host:   scenarios.Host{TLS: &scenarios.TLS{ALPN: []string{"spdy/3"}}},
			err:    "remote error: tls: no application protocol",
			server: `tls: client requested unsupported application protocols (["h2" "http/1.1"])`,
		},
		"missing intermediate": {
			host:   scenarios.Host{Presents: []string{"proxy"}},
			err:    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
			server: "remote error: tls: bad certificate",
			want:   Connection{Version: "1.3", ALPN: "h2", Presented: []string{"proxy"}},
		},
		"wrong key": {
			host:   scenarios.Host{KeyOf: "other"},
			err:    "tls: invalid signature by the server certificate: ECDSA verification failure",
			server: "remote error: tls: error decrypting message",
			want:   Connection{Version: "1.3", ALPN: "h2"},
		},
		"client certificate required, TLS 1.3": {
			host:   scenarios.Host{TLS: &scenarios.TLS{ALPN: h1, ClientCertificate: "required", ClientCAs: []string{"root"}}},
			err:    "remote error: tls: certificate required",
			server: "tls: client didn't provide a certificate",
			want:   Connection{Version: "1.3", ALPN: "http/1.1"},
		},
		"client certificate required, TLS 1.2": {
			host:   scenarios.Host{TLS: &scenarios.TLS{Max: "1.2", ClientCertificate: "required"}},
			err:    "remote error: tls: handshake failure",
			server: "tls: client didn't provide a certificate",
			want:   Connection{Version: "1.2", ALPN: "h2"},
		},
		"client certificate given": {
			host:   scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "required", ClientCAs: []string{"root"}}},
			client: presenting("client"),
			want:   Connection{Version: "1.3", ALPN: "h2"},
		},
		"client certificate of a stranger": {
			host:   scenarios.Host{TLS: &scenarios.TLS{ALPN: h1, ClientCertificate: "required", ClientCAs: []string{"root"}}},
			client: presenting("strangers"),
			err:    "remote error: tls: unknown certificate authority",
			server: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
			want:   Connection{Version: "1.3", ALPN: "http/1.1"},
		},
		"client certificate of anybody": {
			host:   scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "required"}},
			client: presenting("strangers"),
			want:   Connection{Version: "1.3", ALPN: "h2"},
		},
		"client certificate requested": {
			host: scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "requested", ClientCAs: []string{"root"}}},
			want: Connection{Version: "1.3", ALPN: "h2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, scenarios.SpeaksTLS, test.host)
			config := r.client()
			if test.client != nil {
				test.client(config, r)
			}
			resp, _, err := r.get("https://proxy.corp.test/x", config)
			if test.err == "" {
				require.NoError(t, err)
				assert.Equal(t, 200, resp.StatusCode)
			} else {
				require.Error(t, err)
				assert.True(t, strings.HasSuffix(err.Error(), ": "+test.err), err)
			}
			seen := r.seen()
			assert.Equal(t, "proxy.corp.test", seen.SNI)
			assert.Equal(t, test.server, seen.Error)
			assert.Equal(t, test.want.Version, seen.Version)
			assert.Equal(t, test.want.ALPN, seen.ALPN)
			if test.want.Cipher != "" {
				assert.Equal(t, test.want.Cipher, seen.Cipher)
			}
			if test.want.Presented != nil {
				assert.Equal(t, test.want.Presented, seen.Presented)
			}
			if test.want.Version == "" {
				assert.Empty(t, seen.Presented, "the server refused before it presented anything")
			}
		})
	}
}

func presenting(certificate string) func(*tls.Config, *rig) {
	return func(c *tls.Config, r *rig) {
		own, err := r.set.TLS([]string{certificate}, "")
		require.NoError(r.t, err)
		// GetClientCertificate presents it also to a server that lists other
		// authorities.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	}
}

func TestBySNI(t *testing.T) {
	t.Parallel()
	both := scenarios.Host{
		Presents: []string{"proxy", "intermediate"},
		BySNI:    map[string][]string{"other.corp.test": {"other"}},
	}
	for name, test := range map[string]struct {
		host      scenarios.Host
		sni       string
		presented []string
		server    string
	}{
		"by name":           {both, "other.corp.test", []string{"other"}, ""},
		"letter case aside": {both, "OTHER.corp.test", []string{"other"}, ""},
		"default":           {both, "proxy.corp.test", []string{"proxy", "intermediate"}, ""},
		"no name":           {both, "", []string{"proxy", "intermediate"}, ""},
		"nothing for it":    {scenarios.Host{BySNI: both.BySNI}, "proxy.corp.test", nil, "tls: no certificates configured"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, scenarios.SpeaksTLS, test.host)
			conn, err := tls.Dial("tcp", r.addr, &tls.Config{ServerName: test.sni, InsecureSkipVerify: true})
			if test.server == "" {
				require.NoError(t, err)
				first, err := r.set.Certificate(test.presented[0]).Parse()
				require.NoError(t, err)
				assert.True(t, first.Equal(conn.ConnectionState().PeerCertificates[0]))
				require.NoError(t, conn.Close())
			} else {
				assert.EqualError(t, err, "remote error: tls: unrecognized name")
			}
			seen := r.seen()
			assert.Equal(t, test.presented, seen.Presented)
			assert.Equal(t, test.server, seen.Error)
		})
	}
}

func TestTicketsAreOff(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{})
	config := r.client()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for range 2 {
		resp, _, err := r.get("https://proxy.corp.test/", config)
		require.NoError(t, err)
		assert.False(t, resp.TLS.DidResume)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	presents := []string{"proxy"}
	for name, test := range map[string]struct {
		protocol scenarios.Protocol
		host     scenarios.Host
		err      string
	}{
		"protocol":             {"quic", scenarios.Host{Presents: presents}, `host proxy.corp.test: unknown protocol "quic": expected tls, http, transparent`},
		"nothing to present":   {"tls", scenarios.Host{}, `expected names of certificates in presents or by-sni`},
		"certificate":          {"tls", scenarios.Host{Presents: []string{"prox"}}, `presents: unknown certificate "prox"`},
		"certificate by SNI":   {"tls", scenarios.Host{BySNI: map[string][]string{"a.test": {"b"}}}, `by-sni a.test: unknown certificate "b"`},
		"key":                  {"tls", scenarios.Host{Presents: presents, KeyOf: "prox"}, `unknown certificate "prox"`},
		"version":              {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{Max: "1.4"}}, `tls: unknown version "1.4": expected 1.0, 1.1, 1.2, 1.3`},
		"versions swapped":     {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{Min: "1.3", Max: "1.2"}}, `min is 1.3 and max 1.2: expected min to be the lower one`},
		"cipher suite":         {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{Ciphers: []string{"AES128-SHA"}}}, `tls: unknown cipher suite "AES128-SHA": expected TLS_`},
		"cipher suite of 1.3":  {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{Ciphers: []string{"TLS_AES_128_GCM_SHA256"}}}, `unknown cipher suite "TLS_AES_128_GCM_SHA256"`},
		"curve":                {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{Curves: []string{"P256"}}}, `unknown curve "P256": expected P-256, P-384, P-521, X25519, X25519MLKEM768`},
		"client certificate":   {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{ClientCertificate: "yes"}}, `unknown client-certificate "yes": expected requested or required`},
		"client CA":            {"tls", scenarios.Host{Presents: presents, TLS: &scenarios.TLS{ClientCAs: []string{"rot"}}}, `client-cas: unknown certificate "rot"`},
		"middlebox":            {"http", scenarios.Host{Behind: []scenarios.Middlebox{{Box: "rst"}}}, `middlebox 1: unknown kind "rst": expected close, corrupt, reset, slow, stall`},
		"answer":               {"http", scenarios.Host{Answers: []scenarios.Answer{{Path: "["}}}, `answer 1: path "[": syntax error in pattern`},
		"backend":              {"tls", scenarios.Host{Presents: presents, Backends: []scenarios.Patch{scenarios.Patch(`{}`), scenarios.Patch(`{"presents":["prox"]}`)}}, `backend 2: presents: unknown certificate "prox"`},
		"backend of other use": {"tls", scenarios.Host{Presents: presents, Backends: []scenarios.Patch{scenarios.Patch(`{}`), scenarios.Patch(`{"serves":"page"}`)}}, `backend 2: serves, relays-sumdb, upstream and listens are the host's`},
		"backend of no shape":  {"tls", scenarios.Host{Presents: presents, Backends: []scenarios.Patch{scenarios.Patch(`{"present":[]}`)}}, `present`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			_, err = Start(Config{Name: "proxy.corp.test", Host: test.host, Protocol: test.protocol, Set: newSet(t), Listener: listener})
			assert.ErrorContains(t, err, test.err)
			assert.NoError(t, listener.Close(), "the listener is still the caller's")
		})
	}
}
