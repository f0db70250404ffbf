package certgen

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// Certificate is one signed certificate of a set with its key.
type Certificate struct {
	Name    string // its name in the set
	Issuer  string // the name of the certificate that signed it; its own where self-signed
	Subject string // in the string form of RFC 4514; empty for the empty name

	// Raw is what is sent and written: DER, unless the spec says otherwise,
	// with the spec's trailing bytes.
	Raw []byte

	// Key is an *ecdsa.PrivateKey, an ed25519.PrivateKey, an *rsa.PrivateKey,
	// or, for RSA below 1024 and above 4096 bits, a signer of this package's
	// own that does what crypto/rsa will not. It is nil where [Load] has not
	// found it.
	Key crypto.Signer

	// NotBefore and NotAfter are in UTC and whole seconds.
	NotBefore, NotAfter time.Time

	issuerDN string
}

// PEM returns Raw in a block CERTIFICATE (RFC 7468).
func (c *Certificate) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// KeyPEM returns the key in a block PRIVATE KEY, in PKCS #8 form (RFC 5958,
// section 2). It is an error where the key is of a kind that has no such form.
func (c *Certificate) KeyPEM() ([]byte, error) {
	if c.Key == nil {
		return nil, missingKey(c.Name)
	}
	der, err := marshalKey(c.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: encoding the key: %w", c.Name, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// marshalKey is x509.MarshalPKCS8PrivateKey, which refuses small RSA keys.
func marshalKey(key crypto.Signer) ([]byte, error) {
	odd, ok := key.(oddRSAKey)
	if !ok {
		return x509.MarshalPKCS8PrivateKey(key)
	}
	return marshalRSAKey(odd.PrivateKey), nil
}

func marshalRSAKey(key *rsa.PrivateKey) []byte {
	var b builder
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addInt(0) // version
		b.addBytes(rsaIdentifier)
		b.addValue(asn1.OCTET_STRING, x509.MarshalPKCS1PrivateKey(key))
	})
	return b
}

// Parse parses Raw with crypto/x509, at every call. Its error is that of
// [x509.ParseCertificate]: what a Go client says of a broken certificate.
func (c *Certificate) Parse() (*x509.Certificate, error) {
	return x509.ParseCertificate(c.Raw)
}
