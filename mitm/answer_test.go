package mitm

import (
	"crypto/tls"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In the middle of the answer's only record, and in both versions.
func TestBody(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, test := range map[string]struct {
			box          Box
			client, host error
		}{
			"close":         {Box{Kind: "close", At: "body", After: 7}, io.ErrUnexpectedEOF, io.EOF},
			"reset":         {Box{Kind: "reset", At: "body", After: 7}, syscall.ECONNRESET, syscall.ECONNRESET},
			"never so much": {Box{Kind: "reset", At: "body", After: 1000}, nil, nil},
		} {
			t.Run(name+" "+tls.VersionName(version), func(t *testing.T) {
				t.Parallel()
				client, host := talk(t, version, test.box)
				assert.ErrorIs(t, client, test.client)
				assert.ErrorIs(t, host, test.host)
			})
		}
	}
}

// Exactly so many bytes pass, however the host writes them, and those of the
// handshake do not count.
func TestBodyPassesSoManyBytes(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string][]string{
		"at once":  {"0123456789"},
		"by pairs": {"01", "23", "45"},
		"in two":   {"01234", "56789"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, host := pair(t, Box{Kind: "close", At: "body", After: 5})
			_, err := host.Write([]byte("handshake "))
			require.NoError(t, err)
			Handshaken(host)
			Asked(host)
			writing := make(chan error)
			go func() {
				var err error
				for _, part := range answer {
					if err == nil {
						_, err = host.Write([]byte(part))
					}
				}
				writing <- err
			}()
			got, err := io.ReadAll(client)
			require.NoError(t, err)
			assert.Equal(t, "handshake 01234", string(got))
			require.NoError(t, client.Close())
			require.ErrorIs(t, <-writing, io.EOF)
			_, err = host.Write([]byte("more"))
			require.ErrorIs(t, err, io.EOF)
		})
	}
}

// What a host says before it was asked does not pass, and the box waits.
func TestResponseWaitsForTheRequest(t *testing.T) {
	t.Parallel()
	client, host := pair(t, Box{Kind: "reset", At: "response"})
	Handshaken(host)
	n, err := host.Write([]byte("settings"))
	require.NoError(t, err)
	assert.Equal(t, 8, n)
	_, err = client.Write([]byte("request"))
	require.NoError(t, err)
	_, err = io.ReadFull(host, make([]byte, 7))
	require.NoError(t, err)
	Asked(host)
	Asked(host)
	_, err = host.Write([]byte("answer"))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	_, err = host.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	_, err = client.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

// A host may be reading when the box begins to act: what comes then is the
// box's, and both ends of the host meet the same.
func TestTheBoxHasTheConnectionForItself(t *testing.T) {
	t.Parallel()
	client, host := pair(t, Box{Kind: "stall", At: "response"})
	Handshaken(host)
	Asked(host)
	read, written := make(chan error), make(chan error)
	go func() {
		n, err := host.Read(make([]byte, 9))
		assert.Zero(t, n)
		read <- err
	}()
	go func() {
		_, err := host.Write([]byte("answer"))
		written <- err
	}()
	box := host.(*answerConn)
	<-box.acting
	_, err := client.Write([]byte("again?"))
	require.NoError(t, err)
	require.NoError(t, client.Close())
	require.ErrorIs(t, <-read, io.EOF)
	require.ErrorIs(t, <-written, io.EOF)
}

func TestAHostThatClosesEndsTheBox(t *testing.T) {
	t.Parallel()
	_, host := pair(t, Box{Kind: "stall", At: "response", Names: nil})
	Handshaken(host)
	Asked(host)
	written := make(chan error)
	go func() {
		_, err := host.Write([]byte("answer"))
		written <- err
	}()
	<-host.(*answerConn).acting
	require.NoError(t, host.Close())
	require.Error(t, <-written)
}
