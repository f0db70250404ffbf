package certgen_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
)

// specs saves words in the tables below.
type specs = map[string]certgen.Spec

const host = "proxy.corp.test"

// leaf is a sound end entity below an issuer.
func leaf(issuer string) certgen.Spec {
	return certgen.Spec{Issuer: issuer, Names: []string{host}}
}

func authority(name string) certgen.Spec { return certgen.Spec{CA: true, Subject: "CN=" + name} }

// with changes a spec in place of a literal for every variation.
func with(s certgen.Spec, change func(*certgen.Spec)) certgen.Spec {
	change(&s)
	return s
}

// pki is root, intermediate and leaf, with changes to them.
func pki(root, intermediate, end func(*certgen.Spec)) specs {
	keep := func(change func(*certgen.Spec)) func(*certgen.Spec) {
		if change == nil {
			return func(*certgen.Spec) {}
		}
		return change
	}
	below := authority("Corp Issuing CA")
	below.Issuer = "root"
	return specs{
		"root":         with(authority("Corp Root CA"), keep(root)),
		"intermediate": with(below, keep(intermediate)),
		"leaf":         with(leaf("intermediate"), keep(end)),
	}
}

const signedByUnknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority"

func possibly(reason, candidate string) string {
	return fmt.Sprintf(`%s (possibly because of %q while trying to verify candidate authority certificate %q)`, signedByUnknown, reason, candidate)
}

// TestHandshakes holds that a defect gives the text of a real Go client, in a
// real handshake, and no other.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	const cannotSign = "x509: invalid signature: parent certificate cannot sign this kind of certificate"
	const notAuthorized = "tls: failed to verify certificate: x509: a root or intermediate certificate is not authorized to sign for this name: "
	expired := func(s *certgen.Spec) { s.NotBefore, s.NotAfter = "2020-01-01T00:00:00Z", "2021-09-30T14:01:15Z" }
	expiredText := "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-02-03T04:05:06Z is after 2021-09-30T14:01:15Z"
	full := []string{"leaf", "intermediate"}
	number := func(n int) *int { return &n }

	tests := []struct {
		name     string
		specs    specs
		presents []string // leaf and intermediate unless it says otherwise
		keyOf    string
		trusts   []string // root unless it says otherwise
		asks     string   // host unless it says otherwise
		max      uint16   // TLS version
		want     string   // empty for success
	}{
		{name: "sound", specs: pki(nil, nil, nil)},
		{name: "missing intermediate", specs: pki(nil, nil, nil), presents: []string{"leaf"}, want: signedByUnknown},
		{name: "intermediate as anchor", specs: pki(nil, nil, nil), presents: []string{"leaf"}, trusts: []string{"intermediate"}},
		{name: "leaf as anchor", specs: pki(nil, nil, nil), presents: []string{"leaf"}, trusts: []string{"leaf"}},
		{name: "expired leaf", specs: pki(nil, nil, expired), want: expiredText},
		{name: "expired intermediate", specs: pki(nil, expired, nil), want: expiredText},
		{name: "expired root", specs: pki(expired, nil, nil), want: expiredText},
		{name: "expired root and its reissue", trusts: []string{"root", "reissued"}, specs: func() specs {
			s := pki(expired, nil, nil)
			s["reissued"] = with(authority("Corp Root CA"), func(s *certgen.Spec) { s.KeyOf = "root" })
			return s
		}()},
		{name: "expired root and cross-signed new one", presents: []string{"leaf", "intermediate", "cross"}, trusts: []string{"new"}, specs: func() specs {
			s := pki(expired, nil, nil)
			s["new"] = authority("New Root CA")
			s["cross"] = with(authority("Corp Root CA"), func(s *certgen.Spec) { s.KeyOf, s.Issuer = "root", "new" })
			return s
		}()},
		{
			name:  "not yet valid",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.NotBefore = "2d" }),
			want:  "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-02-03T04:05:06Z is before 2026-02-05T04:05:06Z",
		},
		{
			name:  "wrong SAN",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"other.corp.test"} }),
			want:  "tls: failed to verify certificate: x509: certificate is valid for other.corp.test, not proxy.corp.test",
		},
		{
			name:  "a hundred wrong SANs",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"h{1..100}.corp.test"} }),
			want:  "tls: failed to verify certificate: x509: certificate is valid for 100 names, but none matched proxy.corp.test",
		},
		{
			name:  "CN only",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Omit = []string{"subject-alt-name"} }),
			want:  "tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead",
		},
		{
			name:  "no name at all",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = nil; s.Subject = "CN=Some Server" }),
			want:  "tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match proxy.corp.test",
		},
		{
			name:  "IP address in no SAN",
			specs: pki(nil, nil, nil), asks: "127.0.0.1",
			want: "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
		},
		{
			name:  "IP address in a DNS SAN",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"dns:127.0.0.1"} }), asks: "127.0.0.1",
			want: "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
		},
		{
			name:  "other IP address",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"10.0.0.5"} }), asks: "127.0.0.1",
			want: "tls: failed to verify certificate: x509: certificate is valid for 10.0.0.5, not 127.0.0.1",
		},
		{name: "right IP address", specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"127.0.0.1"} }), asks: "127.0.0.1"},
		{name: "self-signed", specs: specs{"leaf": leaf("")}, presents: []string{"leaf"}, trusts: []string{}, want: signedByUnknown},
		{name: "self-signed and trusted", specs: specs{"leaf": leaf("")}, presents: []string{"leaf"}, trusts: []string{"leaf"}},
		{name: "private CA not trusted", specs: pki(nil, nil, nil), trusts: []string{}, want: signedByUnknown},
		{
			name: "same name, other key", specs: func() specs {
				s := pki(nil, nil, nil)
				s["other"] = authority("Corp Root CA")
				return s
			}(), trusts: []string{"other"},
			want: possibly("x509: ECDSA verification failure", "Corp Root CA"),
		},
		{
			name:  "plain openssl recipe",
			specs: pki(nil, func(s *certgen.Spec) { s.Version = 1 }, func(s *certgen.Spec) { s.Version = 1; s.Names = nil; s.Subject = "CN=proxy.corp.test" }),
			want:  "tls: failed to verify certificate: x509: certificate relies on legacy Common Name field, use SANs instead",
		},
		{
			name:  "plain openssl recipe with a SAN on the leaf",
			specs: pki(nil, func(s *certgen.Spec) { s.Version = 1 }, nil),
			want:  "tls: failed to verify certificate: x509: certificate is not authorized to sign other certificates",
		},
		{name: "v1 intermediate as anchor", specs: pki(nil, func(s *certgen.Spec) { s.Version = 1 }, nil), trusts: []string{"intermediate"}},
		{
			name:  "CA:FALSE",
			specs: pki(nil, func(s *certgen.Spec) { s.CA = false }, nil),
			want:  possibly(cannotSign, "Corp Issuing CA"),
		},
		{
			name:  "no basic constraints",
			specs: pki(nil, func(s *certgen.Spec) { s.Omit = []string{"basic-constraints"} }, nil),
			want:  possibly(cannotSign, "Corp Issuing CA"),
		},
		{
			name:  "no keyCertSign",
			specs: pki(nil, func(s *certgen.Spec) { s.KeyUsage = []string{"crl-sign"} }, nil),
			want:  possibly("x509: invalid signature: parent certificate cannot sign this kind of certificate", "Corp Issuing CA"),
		},
		{
			name:  "path length",
			specs: pki(func(s *certgen.Spec) { s.PathLength = number(0) }, nil, nil),
			want:  "tls: failed to verify certificate: x509: too many intermediates for path length constraint",
		},
		{
			name:  "name not permitted",
			specs: pki(func(s *certgen.Spec) { s.Permits = []string{"other.test"} }, nil, nil),
			want:  notAuthorized + `DNS name "proxy.corp.test" is not permitted by any constraint`,
		},
		{
			name:  "name not reserved",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"proxy.invalid"} }), asks: "proxy.invalid",
			want: notAuthorized + `DNS name "proxy.invalid" is not permitted by any constraint`,
		},
		{
			name:  "no limit",
			specs: pki(func(s *certgen.Spec) { s.Permits = []string{} }, nil, func(s *certgen.Spec) { s.Names = []string{"proxy.invalid"} }), asks: "proxy.invalid",
		},
		{
			name:  "name excluded",
			specs: pki(func(s *certgen.Spec) { s.Excludes = []string{host} }, nil, nil),
			want:  notAuthorized + `DNS name "proxy.corp.test" is excluded by constraint "proxy.corp.test"`,
		},
		{
			name: "IP address not permitted", asks: "127.0.0.1",
			specs: pki(func(s *certgen.Spec) { s.Permits = []string{"10.0.0.0/8"} }, nil, func(s *certgen.Spec) { s.Names = []string{"127.0.0.1"} }),
			want:  notAuthorized + `IP address "127.0.0.1" is not permitted by any constraint`,
		},
		{
			name:  "wrong EKU on the leaf",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.ExtendedKeyUsage = []string{"client-auth"} }),
			want:  "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
		},
		{
			name:  "wrong EKU on the intermediate",
			specs: pki(nil, func(s *certgen.Spec) { s.ExtendedKeyUsage = []string{"code-signing"} }, nil),
			want:  "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
		},
		{name: "no EKU", specs: pki(nil, nil, func(s *certgen.Spec) { s.ExtendedKeyUsage = []string{} })},
		{
			name:  "SHA-1 leaf",
			specs: pki(nil, func(s *certgen.Spec) { s.Key = "rsa-2048" }, func(s *certgen.Spec) { s.Signature = "sha1" }),
			want:  possibly("x509: cannot verify signature: insecure algorithm SHA1-RSA", "Corp Issuing CA"),
		},
		{
			name:  "SHA-1 intermediate",
			specs: pki(nil, func(s *certgen.Spec) { s.Signature = "sha1" }, nil),
			want:  possibly("x509: cannot verify signature: insecure algorithm ECDSA-SHA1", "Corp Root CA"),
		},
		{name: "SHA-1 root", specs: pki(func(s *certgen.Spec) { s.Signature = "sha1" }, nil, nil)},
		{
			name:  "MD5 leaf",
			specs: pki(nil, func(s *certgen.Spec) { s.Key = "rsa-2048" }, func(s *certgen.Spec) { s.Signature = "md5" }),
			want:  possibly("x509: cannot verify signature: insecure algorithm MD5-RSA", "Corp Issuing CA"),
		},
		{name: "RSA-1024 leaf and intermediate", specs: pki(nil, func(s *certgen.Spec) { s.Key = "rsa-1024" }, func(s *certgen.Spec) { s.Key = "rsa-1024" })},
		{
			name:  "RSA-512 CA",
			specs: pki(nil, func(s *certgen.Spec) { s.Key = "rsa-512" }, nil),
			want:  possibly("crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)", "Corp Issuing CA"),
		},
		{
			name:  "RSA-512 leaf, TLS 1.2",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Key = "rsa-512" }), max: tls.VersionTLS12,
			want: "tls: invalid signature by the server certificate: crypto/rsa: 512-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
		},
		{
			name:  "RSA-512 leaf, TLS 1.3",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Key = "rsa-512" }),
			want:  "remote error: tls: handshake failure",
		},
		{
			name:  "RSA-768 leaf, TLS 1.3",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Key = "rsa-768" }),
			want:  "tls: invalid signature by the server certificate: crypto/rsa: 768-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
		},
		{
			name:  "RSA above 8192 bits",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Key = "rsa-8200" }),
			want:  "tls: server sent certificate containing RSA key larger than 8192 bits",
		},
		{
			name:  "negative serial",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Serial = "-1" }),
			want:  "tls: failed to parse certificate from server: x509: negative serial number",
		},
		{name: "serial zero", specs: pki(nil, nil, func(s *certgen.Spec) { s.Serial = "0" })},
		{name: "serial of 40 octets", specs: pki(nil, nil, func(s *certgen.Spec) {
			s.Serial = "0xf00000000000000000000000000000000000000000000000000000000000000000000000000000ff"
		})},
		{
			name:  "negative serial of the root",
			specs: pki(func(s *certgen.Spec) { s.Serial = "-0x80" }, nil, nil),
			want:  signedByUnknown, // the bundle drops it in silence
		},
		{
			name:  "malformed SAN",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Names = []string{"dns:pröxy.corp.test"} }),
			want:  "tls: failed to parse certificate from server: x509: SAN dNSName is malformed",
		},
		{
			name:  "trailing data",
			specs: pki(nil, nil, func(s *certgen.Spec) { s.Trailing = "0500" }),
			want:  "tls: failed to parse certificate from server: x509: trailing data",
		},
		{
			name: "duplicate extension",
			specs: pki(nil, nil, func(s *certgen.Spec) {
				s.Extensions = []certgen.Extension{{OID: "2.5.29.14", Value: "0401aa"}}
			}),
			want: `tls: failed to parse certificate from server: x509: certificate contains duplicate extension with OID "2.5.29.14"`,
		},
		{
			name: "unknown critical extension",
			specs: pki(nil, nil, func(s *certgen.Spec) {
				s.Extensions = []certgen.Extension{{OID: "1.3.6.1.4.1.99999.1", Critical: true, Value: "0500"}}
			}),
			want: "tls: failed to verify certificate: x509: unhandled critical extension",
		},
		{
			name:  "unparsable certificate in the chain",
			specs: pki(nil, func(s *certgen.Spec) { s.Raw = "3003020101" }, nil),
			want:  "tls: failed to parse certificate from server: x509: malformed tbs certificate",
		},
		{
			name: "brainpool key",
			specs: pki(nil, nil, func(s *certgen.Spec) {
				s.PublicKey = "305a301406072a8648ce3d020106092b240303020801010703420004a76c33d8dd037a956b74f7e7d4d25fa872aec8fc0755bc53aba379ca6bd39431512f2a8cedb7a45f678ac3a023be00c4753521c5eaaf2f1f6f34c17cad4dd915"
			}),
			want: "tls: failed to parse certificate from server: x509: unsupported elliptic curve",
		},
		{name: "root included, tail reordered, duplicates", specs: pki(nil, nil, nil), presents: []string{"leaf", "root", "intermediate", "intermediate"}},
		{
			name: "intermediate before the leaf", specs: pki(nil, nil, nil), presents: []string{"intermediate", "leaf"},
			want: "tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match proxy.corp.test",
		},
		{
			name: "key that does not belong", specs: pki(nil, nil, nil), presents: full, keyOf: "root",
			want: "tls: invalid signature by the server certificate: ECDSA verification failure",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
			set, err := certgen.Generate(test.specs, now)
			require.NoError(t, err)
			if test.presents == nil {
				test.presents = full
			}
			if test.trusts == nil {
				test.trusts = []string{"root"}
			}
			if test.asks == "" {
				test.asks = host
			}
			presented, err := set.TLS(test.presents, test.keyOf)
			require.NoError(t, err)
			roots := x509.NewCertPool()
			for _, name := range test.trusts {
				roots.AppendCertsFromPEM(set.Certificate(name).PEM())
			}
			err = handshake(t, presented, &tls.Config{
				RootCAs:    roots,
				ServerName: test.asks,
				Time:       func() time.Time { return now },
				MaxVersion: test.max,
			})
			if test.want == "" {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, test.want)
			}
		})
	}
}

// handshake returns what the client says of a server that presents this.
func handshake(t *testing.T, presented tls.Certificate, client *tls.Config) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{presented}})
		if server.Handshake() == nil {
			// Until the client closes: it may still be reading.
			server.Read(make([]byte, 1))
		}
	}()
	conn, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err == nil {
		conn.Close()
	}
	listener.Close()
	<-done
	return err
}
