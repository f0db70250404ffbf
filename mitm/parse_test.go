package mitm

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseHello(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config *tls.Config
		want   hello
	}{
		"TLS 1.3":          {&tls.Config{ServerName: "proxy.corp.test"}, hello{"proxy.corp.test", tls.VersionTLS13}},
		"TLS 1.2":          {&tls.Config{ServerName: "a.test", MaxVersion: tls.VersionTLS12}, hello{"a.test", tls.VersionTLS12}},
		"TLS 1.0":          {&tls.Config{ServerName: "a.test", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, hello{"a.test", tls.VersionTLS10}},
		"an address":       {&tls.Config{ServerName: "127.0.0.1"}, hello{"", tls.VersionTLS13}},
		"nobody in person": {&tls.Config{InsecureSkipVerify: true}, hello{"", tls.VersionTLS13}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := helloOf(t, test.config)
			for _, raw := range [][]byte{raw, split(raw, 7)} {
				got, ok := parseHello(raw)
				assert.True(t, ok)
				assert.Equal(t, test.want, got)
			}
		})
	}
}

// written is a ClientHello with the extensions that are given.
func written(extensions ...[]byte) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...) // version, random
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0)       // session, cipher suites, compression
	all := bytes.Join(extensions, nil)
	if extensions != nil {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(all))), all...)
	}
	message := append([]byte{messageHello, 0, 0, byte(len(body))}, body...)
	return append([]byte{recordHandshake, 3, 1, 0, byte(len(message))}, message...)
}

func TestParseHelloByItsBytes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		extensions [][]byte
		want       hello
		ok         bool
	}{
		"no extensions":         {nil, hello{"", tls.VersionTLS12}, true},
		"an unknown one":        {[][]byte{{0xff, 0xff, 0, 1, 9}}, hello{"", tls.VersionTLS12}, true},
		"reserved version":      {[][]byte{{0, 43, 0, 5, 4, 0xfa, 0xfa, 3, 4}}, hello{"", tls.VersionTLS13}, true},
		"only that":             {[][]byte{{0, 43, 0, 3, 2, 0xaa, 0xaa}}, hello{"", 0}, true},
		"versions in any order": {[][]byte{{0, 43, 0, 5, 4, 3, 3, 3, 4}}, hello{"", tls.VersionTLS13}, true},
		"another type of name":  {[][]byte{{0, 0, 0, 6, 0, 4, 1, 0, 1, 'a'}}, hello{"", tls.VersionTLS12}, true},
		"name cut off":          {[][]byte{{0, 0, 0, 6, 0, 4, 0, 0, 9, 'a'}}, hello{}, false},
		"half a version":        {[][]byte{{0, 43, 0, 2, 1, 3}}, hello{}, false},
		"no versions":           {[][]byte{{0, 43, 0, 0}}, hello{}, false},
		"extension cut off":     {[][]byte{{0, 43, 0, 9, 2}}, hello{}, false},
		"half an extension":     {[][]byte{{0}}, hello{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := readHello(bytes.NewReader(written(test.extensions...)))
			require.NoError(t, err)
			got, ok := parseHello(raw)
			assert.Equal(t, test.ok, ok)
			if test.ok {
				assert.Equal(t, test.want, got)
			}
		})
	}
}

func FuzzParseHello(f *testing.F) {
	raw := clientHello(f)
	f.Add(raw)
	f.Add(split(raw, 5))
	f.Add(written([]byte{0, 43, 0, 5, 4, 0xfa, 0xfa, 3, 4}, []byte{0, 0, 0, 6, 0, 4, 0, 0, 1, 'a'}))
	f.Add(written())
	f.Fuzz(func(t *testing.T, raw []byte) {
		hello, ok := parseHello(raw)
		if ok && hello.name != "" {
			require.Contains(t, string(unwrap(raw)), hello.name)
		}
	})
}
