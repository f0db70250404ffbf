package endpoint

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/mitm"
	"github.com/tlslab/tlslab/scenarios"
)

// What a client meets where its host answers: the texts are those of every
// version and protocol.
func TestMiddleboxesAfterTheHandshake(t *testing.T) {
	t.Parallel()
	reset, end := syscall.ECONNRESET.Error(), "EOF"
	for name, test := range map[string]struct {
		protocol scenarios.Protocol
		tls      *scenarios.TLS
		box      scenarios.Middlebox
		get      string // how asking fails; empty where the body does
		read     string // how the body fails; empty where nothing does
	}{
		"plain, reset at response":   {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "reset", At: "response"}, reset, ""},
		"plain, close at response":   {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "close", At: "response"}, end, ""},
		"plain, close in the body":   {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "close", At: "body", After: 9000}, "", "unexpected EOF"},
		"plain, reset in the body":   {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "reset", At: "body", After: 9000}, "", reset},
		"plain, close on accept":     {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "close", At: "accept"}, end + " or http: server closed idle connection", ""}, // before or after the request is written
		"plain, whatever the hello":  {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "reset", At: "response", LargerThan: 1}, "", ""},
		"plain, not at the hello":    {scenarios.SpeaksHTTP, nil, scenarios.Middlebox{Box: "reset", At: "hello"}, "", ""},
		"HTTP/1, reset at response":  {scenarios.SpeaksTLS, http1, scenarios.Middlebox{Box: "reset", At: "response"}, reset, ""},
		"HTTP/1, close at response":  {scenarios.SpeaksTLS, http1, scenarios.Middlebox{Box: "close", At: "response"}, end, ""},
		"HTTP/1, close in the body":  {scenarios.SpeaksTLS, http1, scenarios.Middlebox{Box: "close", At: "body", After: 9000}, "", "unexpected EOF"},
		"HTTP/1, reset in the body":  {scenarios.SpeaksTLS, http1, scenarios.Middlebox{Box: "reset", At: "body", After: 9000}, "", reset},
		"HTTP/2, reset at response":  {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "reset", At: "response"}, reset, ""},
		"HTTP/2, close at response":  {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "close", At: "response"}, "unexpected EOF", ""},
		"HTTP/2, close in the body":  {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "close", At: "body", After: 9000}, "", "unexpected EOF"},
		"TLS 1.2, reset at response": {scenarios.SpeaksTLS, tls12, scenarios.Middlebox{Box: "reset", At: "response"}, reset, ""},
		"TLS 1.2, close at response": {scenarios.SpeaksTLS, tls12, scenarios.Middlebox{Box: "close", At: "response"}, "unexpected EOF", ""},
		"another name":               {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "reset", At: "response", Names: []string{"other.corp.test"}}, "", ""},
		"a long hello, after it":     {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "reset", At: "response", LargerThan: 1400}, reset, ""},
		"a body shorter than that":   {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "reset", At: "body", After: 40_000}, "", ""},
		"slow, but it comes":         {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "slow", Rate: 10_000_000}, "", ""},
		"slow to others":             {scenarios.SpeaksTLS, nil, scenarios.Middlebox{Box: "slow", Rate: 1, Names: []string{"other.corp.test"}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startWith(t, test.protocol, scenarios.Host{TLS: test.tls, Behind: []scenarios.Middlebox{test.box}}, long)
			scheme := map[scenarios.Protocol]string{scenarios.SpeaksHTTP: "http", scenarios.SpeaksTLS: "https"}
			resp, body, err := r.get(scheme[test.protocol]+"://proxy.corp.test/", r.client())
			switch {
			case test.get != "":
				require.Error(t, err)
				assert.Nil(t, resp)
				assert.True(t, slices.ContainsFunc(strings.Split(test.get, " or "), func(end string) bool {
					return strings.HasSuffix(err.Error(), ": "+end)
				}), err)
			case test.read != "":
				require.Error(t, err)
				assert.NotNil(t, resp)
				assert.True(t, strings.HasSuffix(err.Error(), test.read), err)
				assert.Less(t, len(body), size)
			default:
				require.NoError(t, err)
				assert.Len(t, body, size)
			}
			require.NoError(t, r.Settle(t.Context()), "the box lets the connection go when its client has")
		})
	}
}

const size = 20_000

var (
	http1 = &scenarios.TLS{ALPN: []string{"http/1.1"}}
	tls12 = &scenarios.TLS{Max: "1.2"}
	long  = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, size)) })
)

// A connection over which HTTP/2 is never asked for anything is the client's to
// end, and leaves nothing.
func TestHTTP2IsNotAsked(t *testing.T) {
	t.Parallel()
	r := start(t, scenarios.SpeaksTLS, scenarios.Host{Behind: []scenarios.Middlebox{{Box: "close", At: "response"}}})
	config := r.client()
	config.NextProtos = []string{"h2"}
	conn, err := tls.Dial("tcp", r.addr, config)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	assert.Equal(t, "h2", r.seen().ALPN)
}

// The middleboxes that scenarios can name are those that mitm has.
func TestMiddleboxesAreTheScenariosOwn(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, scenarios.BoxKind("").Values(), mitm.Kinds())
	assert.Equal(t, scenarios.BoxStage("").Values(), mitm.Stages())
}
