package certgen

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was written is what is loaded, whatever is broken about it.
func TestLoad(t *testing.T) {
	specs := map[string]Spec{
		"root":   {CA: true, Subject: "CN=Root"},
		"old":    {CA: true, Subject: "CN=Root", KeyOf: "root"},
		"leaf":   {Issuer: "root", Names: []string{"a.test"}},
		"ed":     {Issuer: "root", Key: "ed25519"},
		"small":  {Issuer: "root", Key: "rsa-512"},
		"rsa":    {Issuer: "root", Key: "rsa-2048"},
		"primes": {Issuer: "root", Key: "rsa-4104"},
		"broken": {Raw: "30030201"},
	}
	made, err := Generate(specs, time.Now())
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, made.Write(dir))

	loaded, err := Load(specs, os.DirFS(dir))

	require.NoError(t, err)
	require.Equal(t, made.Names(), loaded.Names())
	for _, name := range made.Names() {
		want, got := made.Certificate(name), loaded.Certificate(name)
		assert.Equal(t, want.Raw, got.Raw, name)
		wantKey, err := want.KeyPEM()
		require.NoError(t, err)
		gotKey, err := got.KeyPEM()
		require.NoError(t, err, name)
		assert.Equal(t, wantKey, gotKey, name)
		assert.IsType(t, want.Key, got.Key, name)
	}
	assert.Equal(t, made.Certificate("leaf").NotAfter, loaded.Certificate("leaf").NotAfter)

	issued, err := loaded.Issue("more", Spec{Issuer: "old", Names: []string{"b.test"}}, time.Now())
	require.NoError(t, err)
	leaf, err := issued.Parse()
	require.NoError(t, err)
	roots := x509.NewCertPool()
	root, err := made.Certificate("root").Parse()
	require.NoError(t, err)
	roots.AddCert(root)
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "b.test"})
	assert.NoError(t, err)
}

// A key that is not there is an error only for what needs it.
func TestLoadWithoutKey(t *testing.T) {
	specs := map[string]Spec{
		"root": {CA: true, Subject: "CN=Root"},
		"leaf": {Issuer: "root", Names: []string{"a.test"}},
	}
	made, err := Generate(specs, time.Now())
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, made.Write(dir))
	require.NoError(t, os.Remove(filepath.Join(dir, "root.key")))

	loaded, err := Load(specs, os.DirFS(dir))

	require.NoError(t, err)
	_, err = loaded.TLS([]string{"leaf", "root"}, "")
	assert.NoError(t, err)
	_, err = loaded.TLS([]string{"leaf"}, "root")
	assert.ErrorContains(t, err, "root.key")
	_, err = loaded.Issue("more", Spec{Issuer: "root"}, time.Now())
	assert.ErrorContains(t, err, "root.key")
	_, err = loaded.RevocationList([]string{"leaf"}, time.Now())
	assert.ErrorContains(t, err, "root.key")
	_, err = loaded.Certificate("root").KeyPEM()
	assert.ErrorContains(t, err, "root.key")
}

func TestLoadRefuses(t *testing.T) {
	specs := map[string]Spec{"root": {CA: true, Subject: "CN=Root"}}
	made, err := Generate(specs, time.Now())
	require.NoError(t, err)
	for name, test := range map[string]struct{ file, text, says string }{
		"no certificate":    {"root.crt", "", "root.crt"},
		"not a certificate": {"root.crt", "hello", "root.crt: expected one PEM block CERTIFICATE"},
		"not a key":         {"root.key", string(made.Certificate("root").PEM()), "root.key: expected one PEM block PRIVATE KEY"},
		"a broken key":      {"root.key", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "root.key: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, made.Write(dir))
			require.NoError(t, os.Remove(filepath.Join(dir, test.file)))
			if test.text != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, test.file), []byte(test.text), 0o600))
			}
			_, err := Load(specs, os.DirFS(dir))
			assert.ErrorContains(t, err, test.says)
		})
	}
}
