package mitm

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clientHello is what crypto/tls sends first, in one record.
func clientHello(t testing.TB) []byte {
	t.Helper()
	return helloOf(t, &tls.Config{ServerName: "proxy.corp.test"})
}

// helloOf is what a client with config sends first, in one record.
func helloOf(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Client(near, config).Handshake()
	}()
	header := make([]byte, recordHeader)
	_, err := io.ReadFull(far, header)
	require.NoError(t, err)
	payload := make([]byte, binary.BigEndian.Uint16(header[3:]))
	_, err = io.ReadFull(far, payload)
	require.NoError(t, err)
	require.NoError(t, far.Close())
	<-done
	return append(header, payload...)
}

// split cuts the payload of one record into records of at most n bytes.
func split(record []byte, n int) []byte {
	var out []byte
	for part := range slices.Chunk(record[recordHeader:], n) {
		out = append(out, record[:3]...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(part)))
		out = append(out, part...)
	}
	return out
}

func TestReadHelloTakesTheHelloAndNoMore(t *testing.T) {
	t.Parallel()
	hello := clientHello(t)
	for name, sent := range map[string][]byte{
		"one record":            hello,
		"two records":           split(hello, len(hello)/2),
		"header split":          split(hello, 3),
		"a record for each one": split(hello, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := bytes.NewReader(append(bytes.Clone(sent), "next"...))
			raw, err := readHello(iotest.OneByteReader(stream))
			require.NoError(t, err)
			assert.Equal(t, sent, raw)
			rest, err := io.ReadAll(stream)
			require.NoError(t, err)
			assert.Equal(t, "next", string(rest))
		})
	}
}

func TestReadHelloRefuses(t *testing.T) {
	t.Parallel()
	hello := clientHello(t)
	for name, test := range map[string]struct {
		sent []byte
		err  error
	}{
		"HTTP":                     {[]byte("GET / HTTP/1.1\r\n\r\n"), errNotHello},
		"another message":          {[]byte{recordHandshake, 3, 1, 0, 1, 2}, errNotHello},
		"an empty record":          {[]byte{recordHandshake, 3, 1, 0, 0}, errNotHello},
		"a record that is too big": {[]byte{recordHandshake, 3, 1, 0x40, 1}, errNotHello},
		"a hello that is too big":  {[]byte{recordHandshake, 3, 1, 0, 4, messageHello, 1, 0, 1}, errNotHello},
		"an alert in between":      {append(split(hello, 9)[:14], 21, 3, 3, 0, 2, 2, 0), errNotHello},
		"nothing":                  {nil, io.EOF},
		"an end in the header":     {hello[:3], io.ErrUnexpectedEOF},
		"an end in the hello":      {hello[:100], io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream := bytes.NewReader(test.sent)
			raw, err := readHello(stream)
			require.ErrorIs(t, err, test.err)
			rest, err := io.ReadAll(stream)
			require.NoError(t, err)
			assert.Equal(t, string(test.sent), string(append(raw, rest...)), "no byte may be lost")
		})
	}
}

// What is not TLS passes a box that waits for TLS, unharmed and in both
// directions.
func TestOtherProtocolsPass(t *testing.T) {
	t.Parallel()
	for name, box := range map[string]Box{
		"hello":                  {Kind: "reset", At: "hello"},
		"handshake":              {Kind: "reset", At: "handshake"},
		"response to some":       {Kind: "reset", At: "response", Names: Patterns{"*"}},
		"body of a large hello":  {Kind: "reset", At: "body", After: 1, LargerThan: 1},
		"hello of a new version": {Kind: "reset", NewerThan: "1.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, host := pair(t, box)
			Handshaken(host)
			Asked(host)
			for range 2 {
				_, err := client.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
				require.NoError(t, err)
				got := make([]byte, 18)
				_, err = io.ReadFull(iotest.OneByteReader(host), got)
				require.NoError(t, err)
				assert.Equal(t, "GET / HTTP/1.1\r\n\r\n", string(got))
				_, err = host.Write([]byte("answer"))
				require.NoError(t, err)
				_, err = io.ReadFull(client, make([]byte, 6))
				require.NoError(t, err)
			}
		})
	}
}

func FuzzReadHello(f *testing.F) {
	hello := clientHello(f)
	f.Add(hello)
	f.Add(split(hello, 5))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		stream := bytes.NewReader(sent)
		raw, err := readHello(stream)
		rest, _ := io.ReadAll(stream)
		require.Equal(t, string(sent), string(append(raw, rest...)))
		if err == nil {
			require.GreaterOrEqual(t, len(raw), recordHeader+messageHeader)
		}
	})
}
