package certgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	one := 1
	tests := []struct {
		name  string
		specs map[string]Spec
		want  []Problem // of certificate "it"
	}{
		{"sound", map[string]Spec{"it": {}}, nil},
		{"unsound but possible", map[string]Spec{"root": {}, "it": {Issuer: "root", Serial: "-1", PathLength: &one, NotBefore: "1d", NotAfter: "-1d"}}, nil},
		{"key", map[string]Spec{"it": {Key: "ecdsa-256"}}, []Problem{{"it", "key", `unknown key algorithm "ecdsa-256" (did you mean "ecdsa-p256"?): expected ecdsa-p224, ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519, rsa-1024, rsa-2048, rsa-3072, rsa-4096, or another rsa-BITS of 512 to 16384`}}},
		{"RSA size", map[string]Spec{"it": {Key: "rsa-256"}}, []Problem{{"it", "key", "rsa-256 is out of range: expected rsa-512 to rsa-16384"}}},
		{"key beside key-of", map[string]Spec{"a": {}, "it": {KeyOf: "a", Key: "rsa-2048"}}, []Problem{{"it", "key", "rsa-2048 has no effect beside key-of: leave one of them out"}}},
		{"issuer", map[string]Spec{"root": {}, "it": {Issuer: "rot"}}, []Problem{{"it", "issuer", `unknown certificate "rot" (did you mean "root"?): expected root`}}},
		{"issuer of nothing", map[string]Spec{"it": {Issuer: "x"}}, []Problem{{"it", "issuer", `unknown certificate "x": there is none`}}},
		{"itself", map[string]Spec{"it": {Issuer: "it"}}, []Problem{{"it", "issuer", "nobody signs the first of a circle (it → it): leave one issuer out for a self-signed certificate"}}},
		{"circle", map[string]Spec{"it": {Issuer: "jt"}, "jt": {Issuer: "it"}}, []Problem{{"it", "issuer", "nobody signs the first of a circle (it → jt → it): leave one issuer out for a self-signed certificate"}}},
		{"circle of keys", map[string]Spec{"it": {KeyOf: "jt"}, "jt": {KeyOf: "it"}}, []Problem{{"it", "key-of", "nobody owns the key of a circle (it → jt → it): leave one key-of out"}}},
		{"key-of", map[string]Spec{"it": {KeyOf: "zzz"}, "root": {}}, []Problem{{"it", "key-of", `unknown certificate "zzz": expected root`}}},
		{"signature", map[string]Spec{"it": {Signature: "sha-1"}}, []Problem{{"it", "signature", `unknown signature "sha-1" (did you mean "sha1"?): expected md5, sha1, sha256, sha256-pss, sha384, sha384-pss, sha512, sha512-pss`}}},
		{"signature for RSA", map[string]Spec{"it": {Signature: "md5"}}, []Problem{{"it", "signature", "md5 needs an issuer with an RSA key: with an ECDSA key there are [sha1 sha256 sha384 sha512]"}}},
		{"signature too long", map[string]Spec{"it": {Key: "rsa-512", Signature: "sha512"}}, []Problem{{"it", "signature", "sha512 does not fit the issuer's key rsa-512: it needs 745 bits"}}},
		{"PSS too long", map[string]Spec{"it": {Key: "rsa-512", Signature: "sha256-pss"}}, []Problem{{"it", "signature", "sha256-pss does not fit the issuer's key rsa-512: it needs 522 bits"}}},
		{"name", map[string]Spec{"it": {Names: []string{"pröxy.corp.test"}}}, []Problem{{"it", "names", `"pröxy.corp.test" is neither a DNS name (an international one in its xn-- form) nor an IP address, an e-mail address or a URI: write dns:, ip:, email: or uri: before it to encode it as it is`}}},
		{"range of names", map[string]Spec{"it": {Names: []string{"h{1..100}.corp.test", "dns:h{2..1}"}}}, nil},
		{"no range of names", map[string]Spec{"it": {Names: []string{"h{2..1}.corp.test", "h{1..100001}", "h{1..x}"}}}, []Problem{
			{"it", "names", "\"h{2..1}.corp.test\" is no range of names: expected the smaller number first and at most 100000 names, such as host{1..100}.corp.test\n\"h{1..100001}\" is no range of names: expected the smaller number first and at most 100000 names, such as host{1..100}.corp.test"},
			{"it", "names", `"h{1..x}" is neither a DNS name (an international one in its xn-- form) nor an IP address, an e-mail address or a URI: write dns:, ip:, email: or uri: before it to encode it as it is`},
		}},
		{"address", map[string]Spec{"it": {Names: []string{"ip:10.0.0.256"}}}, []Problem{{"it", "names", `"ip:10.0.0.256" is not an IP address, such as 127.0.0.1 or ::1`}}},
		{"constraints", map[string]Spec{"it": {Permits: []string{"10.0.0.0/33"}, Excludes: []string{"a b"}}}, []Problem{
			{"it", "permits", `"10.0.0.0/33" is not an address range in CIDR notation, such as 10.0.0.0/8`},
			{"it", "excludes", `"a b" is neither a DNS name, an address range such as 10.0.0.0/8, nor an e-mail address or @host: write dns:, ip:, email: or uri: before it to encode it as it is`},
		}},
		{"usages", map[string]Spec{"it": {KeyUsage: []string{"cert-sign"}, ExtendedKeyUsage: []string{"serverAuth"}}}, []Problem{
			{"it", "key-usage", `unknown key usage "cert-sign" (did you mean "key-cert-sign"?): expected digital-signature, content-commitment, key-encipherment, data-encipherment, key-agreement, key-cert-sign, crl-sign, encipher-only, decipher-only`},
			{"it", "extended-key-usage", `unknown extended key usage "serverAuth" (did you mean "server-auth"?): expected any, client-auth, code-signing, email-protection, ocsp-signing, server-auth, time-stamping, or a dotted object identifier`},
		}},
		{"moments", map[string]Spec{"it": {NotBefore: "yesterday", NotAfter: "9999-12-31T23:59:59-01:00"}}, []Problem{
			{"it", "not-before", `"yesterday" is no moment: expected an offset such as "-1h", "90d" or "2y" (s, m, h, d, y) of at most 10000 years, or a date in RFC 3339 form such as "2021-09-30T14:01:15Z"`},
			{"it", "not-after", `"9999-12-31T23:59:59-01:00" is in the year 10000: a certificate can hold 0 to 9999`},
		}},
		{"serial", map[string]Spec{"it": {Serial: "0A:1B"}}, []Problem{{"it", "serial", `"0A:1B" is not an integer: expected a decimal one, such as 17 or -1, or a hexadecimal one, such as 0x1f`}}},
		{"two signs", map[string]Spec{"it": {Serial: "--1"}}, []Problem{{"it", "serial", `"--1" is not an integer: expected a decimal one, such as 17 or -1, or a hexadecimal one, such as 0x1f`}}},
		{"version", map[string]Spec{"it": {Version: 4}}, []Problem{{"it", "version", "4 is not an X.509 version: expected 1, 2 or 3"}}},
		{"version without extensions", map[string]Spec{"it": {Version: 1, KeyUsage: []string{"crl-sign"}}}, []Problem{{"it", "key-usage", "version 1 has no extensions (RFC 5280, section 4.1.2.1): leave key-usage or version out"}}},
		{"omit", map[string]Spec{"it": {Omit: []string{"subject-alt-names"}}}, []Problem{{"it", "omit", `unknown extension "subject-alt-names" (did you mean "subject-alt-name"?): expected basic-constraints, key-usage, extended-key-usage, subject-key-id, authority-key-id, subject-alt-name`}}},
		{"omitted and set", map[string]Spec{"it": {PathLength: &one, Omit: []string{"basic-constraints"}}}, []Problem{{"it", "path-length", "omit leaves basic-constraints out: leave path-length out too"}}},
		{"extension", map[string]Spec{"it": {Extensions: []Extension{{OID: "3.1", Value: "0"}}}}, []Problem{
			{"it", "extensions", `"3.1" is not an object identifier in dotted form, such as 1.3.6.1.5.5.7.3.1`},
			{"it", "extensions", `"0" is not hexadecimal: expected pairs of digits, such as 0500`},
		}},
		{"trailing and raw", map[string]Spec{"it": {Trailing: "xx", Raw: "yy"}}, []Problem{
			{"it", "trailing", `"xx" is not hexadecimal: expected pairs of digits, such as 0500`},
			{"it", "raw", `"yy" is not hexadecimal: expected pairs of digits, such as 0500`},
		}},
		{"public key", map[string]Spec{"it": {PublicKey: "30x"}}, []Problem{{"it", "public-key", `"30x" is not hexadecimal: expected pairs of digits, such as 0500`}}},
		{"case of a name", map[string]Spec{"IT": {}, "it": {}}, []Problem{{"it", "", "the name differs from IT only in case: choose another one"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []Problem
			for _, problem := range Check(test.specs) {
				if problem.Certificate == "it" {
					got = append(got, problem)
				}
			}
			assert.Equal(t, test.want, got)
			_, err := Generate(test.specs, time.Now())
			if test.want == nil {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.want[0].Error())
			}
		})
	}
}

// TestCheckNames holds that a certificate's name can be a file's.
func TestCheckNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "../x", "a/b", `a\b`, "-rf", "ä"} {
		problems := Check(map[string]Spec{name: {}})
		require.Len(t, problems, 1, name)
		assert.Equal(t, name, problems[0].Certificate)
		assert.ErrorContains(t, problems[0], "is not a name for a certificate")
	}
}
