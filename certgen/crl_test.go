package certgen

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRevocationList(t *testing.T) {
	t.Parallel()
	now := time.Now()
	set, err := Generate(map[string]Spec{
		"root": {CA: true}, "a": {Issuer: "root", Serial: "4097"}, "b": {Issuer: "root"}, "own": {},
		"odd": {Issuer: "root", Serial: "-1"}, "plain": {}, "child": {Issuer: "plain"},
	}, now)
	require.NoError(t, err)

	text, err := set.RevocationList([]string{"a", "b"}, now)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	assert.Equal(t, "X509 CRL", block.Type)
	list, err := x509.ParseRevocationList(block.Bytes)
	require.NoError(t, err)
	root, err := set.Certificate("root").Parse()
	require.NoError(t, err)
	require.NoError(t, list.CheckSignatureFrom(root))
	require.Len(t, list.RevokedCertificateEntries, 2)
	assert.EqualValues(t, 4097, list.RevokedCertificateEntries[0].SerialNumber.Int64())
	assert.True(t, list.NextUpdate.After(now))

	for _, test := range []struct{ name, of, want string }{
		{"nobody", "", "a revocation list of nobody"},
		{"unknown", "c", `unknown certificate "c"`},
		{"unreadable", "odd", "negative serial number"},
		{"an issuer that may not", "child", "certificate plain: signing a revocation list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			if test.of != "" {
				names = append(names, test.of)
			}
			_, err := set.RevocationList(names, now)
			assert.ErrorContains(t, err, test.want)
		})
	}
	_, err = set.RevocationList([]string{"a", "own"}, now)
	assert.ErrorContains(t, err, "a list is of one issuer")
}
