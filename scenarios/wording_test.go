package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWordings(t *testing.T) {
	t.Parallel()
	list, err := wordings()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, w := range list {
		assert.NotContains(t, w.Before, w.Says, "the old words hold the new ones, which undoing twice would show")
	}
}

// An expectation is judged in the words of the release that is played.
func TestIn(t *testing.T) {
	t.Parallel()
	const (
		today  = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
		before = "x509: certificate signed by unknown authority"
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
	} {
		e := Expectation{Stderr: Lines{test.text}, Stdout: Lines{test.text}, Server: today}
		in := e.In(test.release)
		assert.Equal(t, Lines{test.want}, in.Stderr, "%s with %s", test.text, test.release)
		assert.Equal(t, Lines{test.want}, in.Stdout)
		assert.Equal(t, today, in.Server, "the server's words are the lab's own")
		assert.Equal(t, Lines{test.text}, e.Stderr, "e itself stays as it is")
	}
}

func TestParseWordingsRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"wordings: [{since: soon, says: a, before: b, about: c}]":    `:1:20: "soon" is no release of Go`,
		"wordings: [{since: '1.20', says: a, befor: b, about: c}]":   `"befor"`,
		"wordings: [{since: '1.20', says: a, before: b}]":            `"about"`,
		"wordings: [{since: '1.20', says: '', before: b, about: c}]": `"says" is empty`,
	} {
		_, err := parseWordings("wordings.yaml", []byte(text))
		require.ErrorContains(t, err, says, text)
	}
}
