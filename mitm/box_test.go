package mitm

import (
	"crypto/tls"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThroughWithoutBoxesChangesNothing(t *testing.T) {
	t.Parallel()
	_, host := pair(t)
	assert.Same(t, innermost(host), host)
	client, server := talk(t, tls.VersionTLS13)
	assert.NoError(t, client)
	assert.NoError(t, server)
}

func TestThroughRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		boxes []Box
		err   string
	}{
		"a kind that is not there": {
			[]Box{{Kind: "reset"}, {Kind: "rst"}},
			`middlebox 2: unknown kind "rst": expected close, corrupt, reset, slow, stall`,
		},
		"no kind": {[]Box{{}}, `middlebox 1: unknown kind "": expected close, corrupt, reset, slow, stall`},
		"a stage that is not there": {
			[]Box{{Kind: "close", At: "header"}},
			`middlebox 1 (close): unknown stage "header": expected accept, hello, handshake, response, body`,
		},
		"a body from the start": {
			[]Box{{Kind: "close", At: "body"}},
			`middlebox 1 (close): 0 bytes pass before it acts at body: expected 1 or more at body and 0 elsewhere`,
		},
		"bytes before another stage": {
			[]Box{{Kind: "stall", After: 7}},
			`middlebox 1 (stall): 7 bytes pass before it acts at hello: expected 1 or more at body and 0 elsewhere`,
		},
		"no rate":             {[]Box{{Kind: "slow"}}, `middlebox 1 (slow): rate is 0: expected 1 or more bytes a second`},
		"a stage of slowness": {[]Box{{Kind: "slow", Rate: 1, At: "body"}}, `middlebox 1 (slow): it slows the whole connection: expected no stage, found "body"`},
		"a version":           {[]Box{{Kind: "reset", NewerThan: "1.3"}}, `middlebox 1 (reset): unknown version "1.3": expected 1.0, 1.1 or 1.2`},
		"a judgement before there is a hello": {
			[]Box{{Kind: "reset", At: "accept", LargerThan: 1500}},
			`middlebox 1 (reset): a box at accept acts before there is a ClientHello to judge`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Through(test.boxes...)
			assert.EqualError(t, err, test.err)
		})
	}
}

// A box that acts sooner leaves the other nothing to act on, wherever it
// stands; at one stage the box next to the client is the one that it meets.
func TestBoxesInARow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		boxes []Box
		err   error
	}{
		"reset before close":   {[]Box{{Kind: "reset", At: "hello"}, {Kind: "close", At: "hello"}}, syscall.ECONNRESET},
		"close before reset":   {[]Box{{Kind: "close", At: "hello"}, {Kind: "reset", At: "hello"}}, io.EOF},
		"inner acts sooner":    {[]Box{{Kind: "reset", At: "handshake"}, {Kind: "close", At: "hello"}}, io.EOF},
		"response before body": {[]Box{{Kind: "reset", At: "body", After: 1}, {Kind: "close", At: "response"}}, io.EOF},
		"outer acts sooner":    {[]Box{{Kind: "reset", At: "hello"}, {Kind: "close", At: "handshake"}}, syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := talk(t, tls.VersionTLS12, test.boxes...)
			require.ErrorIs(t, client, test.err)
		})
	}
}
