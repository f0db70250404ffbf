package servers

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

func TestFits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "/anything/at/all", true},
		{"/a", "/a", true},
		{"/a", "/a/b", false},
		{"/*", "/a", true},
		{"/*", "/a/b", false},
		{"/**", "/a/b", true},
		{"/**", "/", true},
		{"/**.zip", "/m/@v/v1.0.0.zip", true},
		{"/**.zip", "/m/@v/v1.0.0.mod", false},
		{"/m/**/v1.*", "/m/@v/v1.0.0.zip", true},
		{"/m/**/v1.*", "/other/@v/v1.0.0.zip", false},
		{"**/@v/**", "/m/@v/list", true},
		{"/[ab]/**", "/b/c", true},
		{"/[ab]/**", "/c/c", false},
	} {
		got, err := fits(test.pattern, test.name)
		require.NoError(t, err)
		assert.Equal(t, test.want, got, "%s %s", test.pattern, test.name)
	}
}

func TestAnsweringRefusesAMalformedPattern(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"/[", "/**[", "/[**", "/a**b**["} {
		_, err := Answering([]scenarios.Answer{{}, {Path: pattern}}, NewPage())
		assert.ErrorContains(t, err, "answer 2: path \""+pattern+"\": syntax error in pattern")
	}
}

func TestAnswering(t *testing.T) {
	t.Parallel()
	h, err := Answering([]scenarios.Answer{
		{Path: "/gone", Status: 410, Body: "gone"},
		{Path: "/go*", Location: "http://cdn.corp.test/", Status: 302},
		{Path: "/plain", Type: "text/x-odd", Body: "body"},
	}, NewPage())
	require.NoError(t, err)

	first := get(h, "/gone")
	assert.Equal(t, 410, first.Code, "the first rule that fits")
	assert.Equal(t, "gone", first.Body.String())
	second := get(h, "/gone-too")
	assert.Equal(t, 302, second.Code)
	assert.Equal(t, "http://cdn.corp.test/", second.Header().Get("Location"))
	third := get(h, "/plain")
	assert.Equal(t, 200, third.Code, "the default")
	assert.Equal(t, "text/x-odd", third.Header().Get("Content-Type"))
	other := get(h, "/other")
	assert.Equal(t, Page, other.Body.String(), "no rule fits")
}

func TestAnswerWithoutCertificate(t *testing.T) {
	t.Parallel()
	h, err := Answering([]scenarios.Answer{{WithoutCertificate: true, Status: 400}}, NewPage())
	require.NoError(t, err)
	for want, state := range map[int]*tls.ConnectionState{
		400: {},
		200: {PeerCertificates: []*x509.Certificate{{}}},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.TLS = state
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, want, w.Code)
	}
	assert.Equal(t, 400, get(h, "/").Code, "plain HTTP has no certificates")
}

func TestCut(t *testing.T) {
	t.Parallel()
	cut, err := Answering([]scenarios.Answer{{Path: "/cut", Cut: true}}, NewPage())
	require.NoError(t, err)
	for name, test := range map[string]struct {
		http2 bool
		err   string
	}{
		"HTTP/1.1": {false, "unexpected EOF"},
		"HTTP/2.0": {true, "stream error: stream ID 1; INTERNAL_ERROR; received from peer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(cut)
			server.EnableHTTP2 = test.http2
			server.TLS = &tls.Config{SessionTicketsDisabled: true}
			server.StartTLS()
			defer server.Close()

			resp, err := server.Client().Get(server.URL + "/cut")
			require.NoError(t, err)
			defer resp.Body.Close()
			assert.Equal(t, name, resp.Proto)
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, int64(len(Page)), resp.ContentLength)
			body, err := io.ReadAll(resp.Body)
			assert.EqualError(t, err, test.err)
			assert.Equal(t, Page[:len(Page)/2], string(body))
		})
	}
}
