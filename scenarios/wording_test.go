package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWordings(t *testing.T) {
	t.Parallel()
	list, err := parseReleases("releases.yaml", releasesFile)
	require.NoError(t, err)
	require.NotEmpty(t, list.Wordings)
	require.NotEmpty(t, list.Settings)
	for _, w := range list.Wordings {
		assert.NotContains(t, w.Before, w.Says, "the old words hold the new ones, which undoing twice would show")
	}
}

// An expectation is judged in the words of the release that is played.
func TestIn(t *testing.T) {
	t.Parallel()
	const (
		today  = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
		before = "x509: certificate signed by unknown authority"
		sha1   = `x509: insecure algorithm SHA1-RSA" while`
	)
	for _, test := range []struct{ text, release, want string }{
		{today, "go1.26.8", today},
		{today, "go1.20", today},
		{today, "", today},
		{today, "devel go1.27-1a2b3c", today},
		{today, "go1.20rc1", before},
		{today, "go1.19.13", before},
		{today, "go1.14.15", before},
		{before, "go1.14.15", before},
		{before, "go1.26.8", before},
		{"proxyconnect tcp: " + today, "go1.19.13", "proxyconnect tcp: " + before},
		{"another text", "go1.14.15", "another text"},
		{"go: a go: b", "go1.18", "go: a go: b"},
		{"go: a go: b", "go1.17.13", "a go: b"},
		{"let go: b", "go1.17.13", "let go: b"},
		{"server response: " + today, "go1.17.13", "server response: " + today},
		{sha1, "go1.24", sha1},
		{sha1, "go1.23.12", `x509: insecure algorithm SHA1-RSA (temporarily override with GODEBUG=x509sha1=1)" while`},
	} {
		e := Expectation{Stderr: Lines{test.text}, Stdout: Lines{test.text}, Server: "remote error: tls: bad certificate"}
		in := e.In(test.release)
		assert.Equal(t, Lines{test.want}, in.Stderr, "%s with %s", test.text, test.release)
		assert.Equal(t, Lines{test.want}, in.Stdout)
		assert.Equal(t, e.Server, in.Server)
		assert.Equal(t, Lines{test.text}, e.Stderr, "e itself stays as it is")
	}
}

// The alert that a server is sent changes as the words do.
func TestAlertIn(t *testing.T) {
	t.Parallel()
	e := Expectation{Server: "remote error: tls: error decoding message"}
	assert.Equal(t, e.Server, e.In("go1.25").Server)
	assert.Equal(t, "remote error: tls: bad certificate", e.In("go1.24.9").Server)
	e.Server = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
	assert.Equal(t, e.Server, e.In("go1.19.13").Server)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	barred := World{Client: Client{Env: Env{"GOPROXY": "https://a.test|direct"}}}
	assert.Equal(t, Expectations{{Stderr: Lines{`parse "https://a.test|direct": invalid character "|" in host name`}, Server: NoServer}}, barred.Refused("go1.14.15"))
	barred.Client.Env["GOPROXY"] = "https://b.test,https://a.test|direct,c"
	assert.Equal(t, Lines{`parse "https://a.test|direct": invalid character "|" in host name`}, barred.Refused("go1.14.15")[0].Stderr)
	assert.Empty(t, barred.Refused("go1.15"))
	barred.Client.Env["GOPROXY"] = "https://a.test/path|direct"
	assert.Empty(t, barred.Refused("go1.14.15"))
	assert.Empty(t, barred.Refused("devel"))
	assert.Empty(t, World{Client: Client{Env: Env{"GOPROXY": "https://a.test,direct"}}}.Refused("go1.14.15"))
	assert.Empty(t, World{}.Refused("go1.14.15"))
}

// A go of 1.27 names the first entry that it refuses, and only those with the
// old value.
func TestRemoved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ godebug, release, want string }{
		{"tls3des=1", "go1.27", `removed GODEBUG "tls3des" set to old value "1"`},
		{"tls3des=1", "go1.27.4", `removed GODEBUG "tls3des" set to old value "1"`},
		{"tls3des=1", "", `removed GODEBUG "tls3des" set to old value "1"`},
		{"tls3des=1", "go1.26.8", ""},
		{"tls3des=1", "go1.14.15", ""},
		{"tls3des=0", "go1.27.4", ""},
		{"tlsrsakex=1,tls3des=1", "go1.27.4", `removed GODEBUG "tlsrsakex"`},
		{"tls3des=1,tlsrsakex=1", "go1.27.4", `removed GODEBUG "tls3des"`},
		{"http2client=0,asynctimerchan=2", "go1.27.4", `removed GODEBUG "asynctimerchan" set to old value "2"`},
		{"x509sha1=1,tls3des=1", "go1.27.4", `removed GODEBUG "x509sha1" set to old value "1" in environment (https://go.dev/doc/godebug#go-124)`},
		{"tlskyber=0", "go1.27.4", `removed GODEBUG "tlskyber" set to old value "0"`},
		{"tlskyber=1,tls10default=1,tls13=0", "go1.27.4", ""},
	} {
		refused := World{Client: Client{Env: Env{"GODEBUG": test.godebug}}}.Refused(test.release)
		if test.want == "" {
			assert.Empty(t, refused, "%s with %s", test.godebug, test.release)
			continue
		}
		require.Len(t, refused, 1, "%s with %s", test.godebug, test.release)
		assert.Contains(t, refused[0].Stderr[0], test.want)
		assert.Equal(t, NoServer, refused[0].Server)
	}
}

func TestParseReleasesRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"settings: []\nwordings: [{since: soon, says: a, before: b, about: c}]":       `:2:20: "soon" is no release of Go`,
		"settings: []\nwordings: [{since: '1.20', says: a, befor: b, about: c}]":      `"befor"`,
		"settings: []\nwordings: [{since: '1.20', says: a, before: b}]":               `"about"`,
		"settings: []\nwordings: [{since: '1.20', says: '', before: b, about: c}]":    `"says" is empty`,
		"wordings: []\nsettings: [{since: x, env: A, holds: b, prints: c, about: d}]": `:2:20: "x" is no release of Go`,
		"wordings: []\nsettings: [{until: x, env: A, holds: b, prints: c, about: d}]": `:2:20: "x" is no release of Go`,
		"wordings: []\nsettings: [{env: A, holds: b, prints: c, about: d}]":           `"" is no release of Go`,
		"wordings: []\nsettings: [{until: '1.2', env: A, prints: c, about: d}]":       `holds or by entries`,
	} {
		_, err := parseReleases("releases.yaml", []byte(text))
		require.ErrorContains(t, err, says, text)
	}
}
