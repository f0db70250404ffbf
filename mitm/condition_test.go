package mitm

import (
	"crypto/tls"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	size := len(helloOf(t, talker(tls.VersionTLS13)))
	for name, test := range map[string]struct {
		box  Box
		want bool
	}{
		"the name":               {Box{Names: Patterns{"proxy.corp.test"}}, true},
		"below a domain":         {Box{Names: Patterns{"no.test", "*.corp.test"}}, true},
		"every name":             {Box{Names: Patterns{"*"}}, true},
		"another name":           {Box{Names: Patterns{"corp.test"}}, false},
		"larger":                 {Box{LargerThan: size - 1}, true},
		"just as large":          {Box{LargerThan: size}, false},
		"newer":                  {Box{NewerThan: "1.2"}, true},
		"all of them":            {Box{Names: Patterns{"*"}, LargerThan: 1, NewerThan: "1.0"}, true},
		"all but the name":       {Box{Names: Patterns{"a.test"}, LargerThan: 1, NewerThan: "1.0"}, false},
		"all but the size":       {Box{Names: Patterns{"*"}, LargerThan: size, NewerThan: "1.0"}, false},
		"none":                   {Box{}, true},
		"none, by the handshake": {Box{At: "handshake"}, true},
		"at the handshake":       {Box{At: "handshake", LargerThan: 1}, true},
		"not at the handshake":   {Box{At: "handshake", LargerThan: size}, false},
		"at the answer":          {Box{At: "response", LargerThan: 1}, true},
		"not at the answer":      {Box{At: "response", LargerThan: size}, false},
		"in the answer":          {Box{At: "body", After: 1, LargerThan: 1}, true},
		"not in the answer":      {Box{At: "body", After: 1, LargerThan: size}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.box.Kind = "reset"
			client, host := talk(t, tls.VersionTLS13, test.box)
			if test.want {
				assert.ErrorIs(t, client, syscall.ECONNRESET)
				assert.Error(t, host)
			} else {
				assert.NoError(t, client)
				assert.NoError(t, host)
			}
		})
	}
}

func TestVersionIntolerance(t *testing.T) {
	t.Parallel()
	box := Box{Kind: "close", NewerThan: "1.2"}
	client, host := talk(t, tls.VersionTLS13, box)
	assert.ErrorIs(t, client, io.EOF)
	assert.ErrorIs(t, host, io.EOF)
	client, host = talk(t, tls.VersionTLS12, box)
	assert.NoError(t, client)
	assert.NoError(t, host)
}

// Each of several boxes judges the same ClientHello.
func TestConditionsInARow(t *testing.T) {
	t.Parallel()
	past := Box{Kind: "close", Names: Patterns{"no.test"}}
	client, _ := talk(t, tls.VersionTLS13, past, Box{Kind: "reset", Names: Patterns{"proxy.corp.test"}})
	assert.ErrorIs(t, client, syscall.ECONNRESET)
	client, host := talk(t, tls.VersionTLS13, past, past)
	assert.NoError(t, client)
	assert.NoError(t, host)
}

// A name that is not there matches nothing, not even every name.
func TestNoName(t *testing.T) {
	t.Parallel()
	raw := helloOf(t, &tls.Config{InsecureSkipVerify: true})
	assert.False(t, condition{names: Patterns{"*"}}.holds(raw))
	assert.True(t, condition{}.holds(raw))
	assert.False(t, condition{}.holds(raw[:60]), "half a hello")
}
