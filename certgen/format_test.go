package certgen

import (
	"bytes"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBundle holds what a Go client loads of two certificates in each format.
func TestBundle(t *testing.T) {
	t.Parallel()
	set, err := Generate(map[string]Spec{"a": {CA: true, Subject: "CN=A"}, "b": {CA: true, Subject: "CN=B", Issuer: "a"}}, time.Now())
	require.NoError(t, err)
	a, b := set.Certificate("a"), set.Certificate("b")
	certs := []*Certificate{a, b}
	plain := string(a.PEM()) + string(b.PEM())
	replaced := func(from, to string) string { return strings.ReplaceAll(plain, from, to) }
	relabeled := func(label string) string { return replaced(" CERTIFICATE", " "+label) }
	tests := []struct {
		format Format
		loads  int
		want   string // empty where a test of its own looks at it
	}{
		{"", 2, plain},
		{PEM, 2, plain},
		{DER, 0, string(a.Raw) + string(b.Raw)},
		{PEMNoNewline, 0, replaced("-----\n-----BEGIN", "----------BEGIN")},
		{PEMCRLF, 2, replaced("\n", "\r\n")},
		{PEMCR, 0, replaced("\n", "\r")},
		{PEMBOM, 1, "\xef\xbb\xbf" + plain},
		{PEMUTF16, 0, "\xff\xfe" + strings.Join(strings.Split(replaced("\n", "\r\n"), ""), "\x00") + "\x00"},
		{PEMIndented, 0, "    " + strings.TrimSuffix(replaced("\n", "\n    "), "    ")},
		{PEMOneLine, 0, replaced("\n", " ")},
		{PEMEscaped, 0, replaced("\n", `\n`)},
		{PEMText, 2, "subject=CN=A\nissuer=CN=A\n\n" + string(a.PEM()) + "\nsubject=CN=B\nissuer=CN=A\n\n" + string(b.PEM()) + "\n"},
		{PEMTrustedLabel, 0, relabeled("TRUSTED CERTIFICATE")},
		{PEMX509Label, 0, relabeled("X509 CERTIFICATE")},
		{PKCS7, 0, ""},
	}
	covered := map[Format]bool{"": true}
	for _, test := range tests {
		got, err := Bundle(certs, test.format)
		require.NoError(t, err, test.format)
		if test.want != "" {
			assert.Equal(t, test.want, string(got), test.format)
		}
		assert.Equal(t, test.loads, loaded(got), test.format)
		covered[test.format] = true
	}
	for _, format := range Formats() {
		assert.True(t, covered[format], format)
	}
	_, err = Bundle(certs, "pem-crlff")
	assert.ErrorContains(t, err, `unknown format "pem-crlff" (did you mean "pem-crlf"?): expected pem, der, `)
}

// loaded counts what a pool takes from data.
func loaded(data []byte) int {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(data)
	return len(pool.Subjects()) //lint:ignore SA1019 the pool is not the system's
}

func TestWrite(t *testing.T) {
	t.Parallel()
	set, err := Generate(map[string]Spec{"root": {CA: true}, "leaf": {Issuer: "root", Key: "rsa-512"}}, time.Now())
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "root.key"), []byte("old"), 0o644))
	require.NoError(t, set.Write(dir))
	require.NoError(t, set.Write(dir), "again")

	for _, name := range set.Names() {
		got, err := os.ReadFile(filepath.Join(dir, name+".crt"))
		require.NoError(t, err)
		assert.Equal(t, set.Certificate(name).PEM(), got)
		got, err = os.ReadFile(filepath.Join(dir, name+".key"))
		require.NoError(t, err)
		assert.True(t, bytes.HasPrefix(got, []byte("-----BEGIN PRIVATE KEY-----\n")))
		if runtime.GOOS != "windows" {
			info, err := os.Stat(filepath.Join(dir, name+".key"))
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		}
	}
	assert.Error(t, set.Write(filepath.Join(dir, "root.crt")), "not a folder")
}

// TestOpenSSL holds that another implementation reads the same: the fields of
// a certificate, a chain, small and many-primed keys, PKCS #7.
func TestOpenSSL(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on PATH to compare with: ", err)
	}
	set, err := Generate(map[string]Spec{
		"root":         {CA: true, Subject: "CN=Corp Root CA,O=Corp"},
		"intermediate": {CA: true, Issuer: "root", Key: "rsa-2048", Subject: "CN=Corp Issuing CA"},
		"leaf":         {Issuer: "intermediate", Names: []string{"proxy.corp.test", "127.0.0.1"}, Signature: "sha256-pss", Serial: "-0x1f"},
		"small":        {Key: "rsa-512"},
		"large":        {Key: "rsa-8200"},
	}, time.Now())
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, set.Write(dir))
	openssl := func(args ...string) string {
		cmd := exec.Command("openssl", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "openssl %s: %s", strings.Join(args, " "), out)
		return string(out)
	}

	text := openssl("x509", "-in", "leaf.crt", "-noout", "-text")
	for _, want := range []string{
		"Version: 3 (0x2)", "Serial Number: -31 (-0x1f)", "Signature Algorithm: rsassaPss", "Issuer: CN = Corp Issuing CA",
		"DNS:proxy.corp.test, IP Address:127.0.0.1", "CA:FALSE", "TLS Web Server Authentication",
	} {
		assert.Contains(t, text, want)
	}
	assert.Contains(t, openssl("x509", "-in", "root.crt", "-noout", "-text"), "DNS:localhost")
	assert.Contains(t, openssl("verify", "-CAfile", "root.crt", "-untrusted", "intermediate.crt", "-verify_hostname", "proxy.corp.test", "leaf.crt"), "leaf.crt: OK")
	for _, name := range []string{"small", "large"} {
		assert.Contains(t, openssl("verify", "-CAfile", name+".crt", "-auth_level", "0", name+".crt"), ": OK")
		assert.Contains(t, openssl("pkey", "-in", name+".key", "-check", "-noout"), "Key is valid")
	}

	bundle, err := Bundle([]*Certificate{set.Certificate("leaf"), set.Certificate("root")}, PKCS7)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bundle.p7b"), bundle, 0o600))
	printed := openssl("pkcs7", "-in", "bundle.p7b", "-print_certs")
	assert.Contains(t, printed, strings.TrimSpace(string(set.Certificate("leaf").PEM())))
	assert.Contains(t, printed, strings.TrimSpace(string(set.Certificate("root").PEM())))
}
