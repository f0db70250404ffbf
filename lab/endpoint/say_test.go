package endpoint

import (
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// What a host says takes the place of what it serves in that protocol alone.
func TestSays(t *testing.T) {
	t.Parallel()
	const goAway = "\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\r"
	h2 := map[string]string{"h2": goAway}
	for name, test := range map[string]struct {
		protocol scenarios.Protocol
		host     scenarios.Host
		alpn     []string // the client's; nil means net/http's own
		err      string   // the client's; "" means that it is served
	}{
		"by HTTP/2":            {scenarios.SpeaksTLS, scenarios.Host{Says: h2}, nil, "http2: Transport received GOAWAY from server ErrCode:HTTP_1_1_REQUIRED"},
		"not by HTTP/1.1":      {scenarios.SpeaksTLS, scenarios.Host{Says: h2}, []string{"http/1.1"}, ""},
		"by HTTP/1.1":          {scenarios.SpeaksTLS, scenarios.Host{Says: map[string]string{"http/1.1": ""}}, []string{"http/1.1"}, "EOF"},
		"without ALPN":         {scenarios.SpeaksTLS, scenarios.Host{TLS: &scenarios.TLS{ALPN: []string{}}, Says: map[string]string{"none": "x\r\n"}}, nil, `net/http: HTTP/1.x transport connection broken: malformed HTTP response "x"`},
		"on a port without":    {scenarios.SpeaksHTTP, scenarios.Host{Says: map[string]string{"none": "SSH-2.0-OpenSSH_9.2\r\n"}}, nil, "tls: first record does not look like a TLS handshake"},
		"an alert without TLS": {scenarios.SpeaksHTTP, scenarios.Host{Says: map[string]string{"none": "\x15\x03\x03\x00\x02\x02\x50"}}, nil, "remote error: tls: internal error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, test.protocol, test.host)
			config := r.client()
			config.NextProtos = test.alpn
			_, _, err := r.get("https://proxy.corp.test/", config)
			require.NoError(t, r.Settle(t.Context()))
			if test.err == "" {
				require.NoError(t, err)
				assert.Len(t, r.Evidence().Seen[0].Requests, 1)
				return
			}
			assert.EqualError(t, err, `Get "https://proxy.corp.test/": `+test.err)
			assert.Empty(t, r.Evidence().Seen[0].Requests)
		})
	}
}

// A client that never says anything keeps nothing open after Close.
func TestSaysToASilentClient(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{Says: map[string]string{"none": "x"}})
	conn, err := tls.Dial("tcp", r.addr, r.client())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, r.Close())
}
