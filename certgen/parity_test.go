package certgen

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSameAsStandardLibrary holds that sound specs are encoded byte for byte as
// x509.CreateCertificate does, for the same keys, serial and dates.
func TestSameAsStandardLibrary(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)
	network := func(cidr string) *net.IPNet {
		_, n, err := net.ParseCIDR(cidr)
		require.NoError(t, err)
		return n
	}
	web, err := url.Parse("https://proxy.corp.test/x")
	require.NoError(t, err)
	zero, two := 0, 2

	tests := []struct {
		name     string
		issuer   Spec
		spec     Spec
		template x509.Certificate
	}{
		{
			name: "server",
			spec: Spec{Names: []string{"proxy.corp.test", "*.corp.test"}, Serial: "0x1f2e"},
			template: x509.Certificate{
				SerialNumber: big.NewInt(0x1f2e),
				Subject:      pkix.Name{CommonName: "proxy.corp.test"},
				KeyUsage:     x509.KeyUsageDigitalSignature,
				ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
				DNSNames:     []string{"proxy.corp.test", "*.corp.test"},
			},
		},
		{
			name: "every kind of name, empty subject",
			spec: Spec{Subject: NoSubject, Serial: "1", Names: []string{"a.test", "user@corp.test", "127.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "https://proxy.corp.test/x"}},
			template: x509.Certificate{
				SerialNumber:   big.NewInt(1),
				KeyUsage:       x509.KeyUsageDigitalSignature,
				ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
				DNSNames:       []string{"a.test"},
				EmailAddresses: []string{"user@corp.test"},
				IPAddresses:    []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("10.0.0.1"), net.ParseIP("2001:db8::1")},
				URIs:           []*url.URL{web},
			},
		},
		{
			name: "RSA, long subject, usages",
			spec: Spec{
				Key: "rsa-2048", Serial: "340282366920938463463374607431768211455",
				Subject:          `SERIALNUMBER=7,CN=Müller & Söhne\, AG,OU=A+OU=B,O=Corp,STREET=Main St. 1,L=Bern,ST=BE,C=CH`,
				KeyUsage:         []string{"digital-signature", "decipher-only"},
				ExtendedKeyUsage: []string{"any", "server-auth", "client-auth", "code-signing", "email-protection", "time-stamping", "ocsp-signing", "1.3.6.1.4.1.99999.7"},
			},
			template: x509.Certificate{
				SerialNumber: new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)),
				Subject: pkix.Name{
					Country: []string{"CH"}, Province: []string{"BE"}, Locality: []string{"Bern"}, StreetAddress: []string{"Main St. 1"},
					Organization: []string{"Corp"}, OrganizationalUnit: []string{"B", "A"}, CommonName: "Müller & Söhne, AG", SerialNumber: "7",
				},
				KeyUsage:           x509.KeyUsageDigitalSignature | x509.KeyUsageDecipherOnly,
				ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageOCSPSigning},
				UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 99999, 7}},
			},
		},
		{
			name:   "authority with constraints",
			issuer: Spec{Key: "rsa-1024"},
			spec: Spec{
				CA: true, Key: "ed25519", Serial: "0", PathLength: &zero, Signature: "sha384-pss", Subject: "CN=Corp Issuing CA",
				Permits: []string{".corp.test", "10.1.2.3/8", "2001:db8::/32", "@corp.test", "uri:.corp.test"}, Excludes: []string{"bad.corp.test"},
			},
			template: x509.Certificate{
				SerialNumber: big.NewInt(0), Subject: pkix.Name{CommonName: "Corp Issuing CA"},
				KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, MaxPathLenZero: true,
				SignatureAlgorithm: x509.SHA384WithRSAPSS, PermittedDNSDomainsCritical: true,
				PermittedDNSDomains: []string{".corp.test"}, PermittedIPRanges: []*net.IPNet{network("10.0.0.0/8"), network("2001:db8::/32")},
				PermittedEmailAddresses: []string{"corp.test"}, PermittedURIDomains: []string{".corp.test"}, ExcludedDNSDomains: []string{"bad.corp.test"},
			},
		},
		{
			name:   "P-384 below P-521, dates out of UTCTime, raw extension",
			issuer: Spec{Key: "ecdsa-p521"},
			spec: Spec{
				CA: true, Key: "ecdsa-p384", Serial: "127", PathLength: &two, Signature: "sha512", Subject: "CN=a_b",
				NotBefore: "1949-12-31T23:59:59Z", NotAfter: "2050-01-01T00:00:00Z",
				Extensions: []Extension{{OID: "1.2.3", Value: "0500"}, {OID: "1.2.4", Critical: true, Value: "0500"}},
			},
			template: x509.Certificate{
				SerialNumber: big.NewInt(127), Subject: pkix.Name{CommonName: "a_b"},
				NotBefore: time.Date(1949, 12, 31, 23, 59, 59, 0, time.UTC), NotAfter: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC),
				KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, IsCA: true, MaxPathLen: 2, SignatureAlgorithm: x509.ECDSAWithSHA512,
				ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}, {Id: asn1.ObjectIdentifier{1, 2, 4}, Critical: true, Value: []byte{5, 0}}},
			},
		},
		{
			name:   "P-224 below Ed25519",
			issuer: Spec{Key: "ed25519"},
			spec:   Spec{Key: "ecdsa-p224", Serial: "128", Names: []string{"a.test"}},
			template: x509.Certificate{
				SerialNumber: big.NewInt(128), Subject: pkix.Name{CommonName: "a.test"},
				KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: []string{"a.test"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.issuer.CA, test.issuer.Subject = true, "CN=Corp Root CA"
			test.spec.Issuer = "root"
			set, err := Generate(map[string]Spec{"root": test.issuer, "it": test.spec}, now)
			require.NoError(t, err)
			got, err := set.Certificate("it").Parse()
			require.NoError(t, err)
			root, err := set.Certificate("root").Parse()
			require.NoError(t, err)
			require.NoError(t, got.CheckSignatureFrom(root))

			template := &test.template
			if template.NotBefore.IsZero() {
				template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(90*24*time.Hour)
			}
			template.BasicConstraintsValid = true
			template.SubjectKeyId = got.SubjectKeyId
			der, err := x509.CreateCertificate(rand.Reader, template, root, got.PublicKey, set.Certificate("root").Key)
			require.NoError(t, err)
			want, err := x509.ParseCertificate(der)
			require.NoError(t, err)
			assert.Equal(t, want.RawTBSCertificate, got.RawTBSCertificate)
		})
	}
}

// TestKeyIdentifier holds that the identifier is what crypto/x509 gives an
// authority.
func TestKeyIdentifier(t *testing.T) {
	t.Parallel()
	set, err := Generate(map[string]Spec{"root": {CA: true}}, time.Now())
	require.NoError(t, err)
	got, err := set.Certificate("root").Parse()
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, got.PublicKey, set.Certificate("root").Key)
	require.NoError(t, err)
	want, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	assert.Equal(t, want.SubjectKeyId, got.SubjectKeyId)
	assert.Empty(t, got.AuthorityKeyId, "self-signed")
}

// TestKeys holds that every kind of key signs, verifies, and can be written.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"ecdsa-p224", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519", "rsa-1024", "rsa-1031", "rsa-2048", "rsa-4104", "rsa-8200"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			set, err := Generate(map[string]Spec{"it": {CA: true, Key: key}}, time.Now())
			require.NoError(t, err)
			parsed, err := set.Certificate("it").Parse()
			require.NoError(t, err)
			assert.NoError(t, parsed.CheckSignatureFrom(parsed))
			if public, ok := parsed.PublicKey.(*rsa.PublicKey); ok {
				assert.Equal(t, key, "rsa-"+big.NewInt(int64(public.N.BitLen())).String())
			}
			assert.Equal(t, parsed.PublicKey, readKey(t, set.Certificate("it")))
		})
	}
}

func readKey(t *testing.T, c *Certificate) any {
	t.Helper()
	block, err := c.KeyPEM()
	require.NoError(t, err)
	key, err := x509.ParsePKCS8PrivateKey(decodePEM(t, block, "PRIVATE KEY"))
	require.NoError(t, err)
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		return &key.PublicKey
	case *rsa.PrivateKey:
		return &key.PublicKey
	default:
		return key.(ed25519.PrivateKey).Public()
	}
}

// TestSmallRSA checks the signatures that crypto/rsa will not with the raw
// public operation (RFC 8017, section 5.2.2).
func TestSmallRSA(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"rsa-512", "rsa-513", "rsa-700", "rsa-1023"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			set, err := Generate(map[string]Spec{"it": {CA: true, Key: key}}, time.Now())
			require.NoError(t, err)
			parsed, err := set.Certificate("it").Parse()
			require.NoError(t, err)
			public := parsed.PublicKey.(*rsa.PublicKey)
			message := new(big.Int).Exp(new(big.Int).SetBytes(parsed.Signature), big.NewInt(int64(public.E)), public.N)
			h := sha256Of(parsed.RawTBSCertificate)
			want, err := encodePKCS1(rsaSignatures["sha256"].hash, h, public.Size())
			require.NoError(t, err)
			assert.Equal(t, want, message.FillBytes(make([]byte, public.Size())))
			assert.Equal(t, key, "rsa-"+big.NewInt(int64(public.N.BitLen())).String())
			assert.NotEmpty(t, decodePEM(t, must(set.Certificate("it").KeyPEM()), "PRIVATE KEY"))
		})
	}
}

// TestOwnSignaturesVerify holds that crypto/rsa accepts both schemes of the
// signer that replaces it, at sizes that crypto/rsa does accept.
func TestOwnSignaturesVerify(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{1024, 1025, 1026, 1027, 1031} {
		key, err := findRSA(bits, 2+bits%3)
		require.NoError(t, err)
		require.NoError(t, key.Validate())
		for word, algorithm := range rsaSignatures {
			if bits < algorithm.modulusBits() {
				continue
			}
			digest := make([]byte, algorithm.hash.Size())
			signature, err := algorithm.sign(oddRSAKey{key}, []byte("message"))
			require.NoError(t, err, "%d %s", bits, word)
			h := algorithm.hash.New()
			h.Write([]byte("message"))
			digest = h.Sum(digest[:0])
			if algorithm.pss {
				err = rsa.VerifyPSS(&key.PublicKey, algorithm.hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			} else {
				err = rsa.VerifyPKCS1v15(&key.PublicKey, algorithm.hash, digest, signature)
			}
			assert.NoError(t, err, "%d %s", bits, word)
		}
	}
}
