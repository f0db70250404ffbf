package certgen

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// keyAlgorithm is what Spec.Key names: a curve, or RSA of a size, or, as the
// zero value, Ed25519.
type keyAlgorithm struct {
	curve   elliptic.Curve
	rsaBits int
}

// The sizes of RSA modulus that Spec.Key takes.
const (
	minRSABits = 512
	maxRSABits = 16384
)

var curves = map[string]elliptic.Curve{
	"":           elliptic.P256(),
	"ecdsa-p224": elliptic.P224(),
	"ecdsa-p256": elliptic.P256(),
	"ecdsa-p384": elliptic.P384(),
	"ecdsa-p521": elliptic.P521(),
}

// keyNames are what a misspelt Spec.Key was probably meant to be.
var keyNames = []string{"ecdsa-p224", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519", "rsa-1024", "rsa-2048", "rsa-3072", "rsa-4096"}

func parseKeyAlgorithm(name string) (keyAlgorithm, error) {
	if curve, ok := curves[name]; ok {
		return keyAlgorithm{curve: curve}, nil
	}
	if name == "ed25519" {
		return keyAlgorithm{}, nil
	}
	digits, isRSA := strings.CutPrefix(name, "rsa-")
	bits, err := strconv.Atoi(digits)
	if !isRSA || err != nil {
		return keyAlgorithm{}, errors.New(unknown("key algorithm", name, keyNames) + fmt.Sprintf(", or another rsa-BITS of %d to %d", minRSABits, maxRSABits))
	}
	if bits < minRSABits || bits > maxRSABits {
		return keyAlgorithm{}, fmt.Errorf("%s is out of range: expected rsa-%d to rsa-%d", name, minRSABits, maxRSABits)
	}
	return keyAlgorithm{rsaBits: bits}, nil
}

func (a keyAlgorithm) isRSA() bool     { return a.rsaBits != 0 }
func (a keyAlgorithm) isEd25519() bool { return a == keyAlgorithm{} }

// keyPair is a key with what certificates hold of it.
type keyPair struct {
	signer crypto.Signer
	spki   []byte // SubjectPublicKeyInfo, DER
	id     []byte // key identifier
}

// newKeyPair encodes the public key of signer (RFC 3279, RFC 5480, RFC 8410).
// The key identifier is that of crypto/x509: the first 160 bits of the
// SHA-256 hash of the BIT STRING's content (RFC 7093, section 2, method 1).
func newKeyPair(signer crypto.Signer) (*keyPair, error) {
	var algorithm, bits []byte
	var err error
	switch public := signer.Public().(type) {
	case *ecdsa.PublicKey:
		algorithm = curveIdentifiers[public.Curve]
		bits, err = public.Bytes()
	case ed25519.PublicKey:
		algorithm, bits = ed25519Identifier, public
	case *rsa.PublicKey:
		algorithm = rsaIdentifier
		bits = rsaPublicKeyDER(public)
	}
	if err != nil {
		return nil, err
	}
	b := make(builder, 0, len(algorithm)+len(bits)+16)
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addBytes(algorithm)
		b.addBitString(bits)
	})
	hash := sha256.Sum256(bits)
	return &keyPair{signer: signer, spki: b, id: hash[:20]}, nil
}

// rsaPublicKeyDER is the RSAPublicKey of RFC 8017, appendix A.1.1.
func rsaPublicKeyDER(public *rsa.PublicKey) []byte {
	var b builder
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addBigInt(public.N)
		b.addInt(public.E)
	})
	return b
}

var (
	rsaIdentifier     = algorithmIdentifier(mustOID("1.2.840.113549.1.1.1"), null)
	ed25519Identifier = algorithmIdentifier(mustOID("1.3.101.112"), nil)
	curveIdentifiers  = map[elliptic.Curve][]byte{
		elliptic.P224(): curveIdentifier("1.3.132.0.33"),
		elliptic.P256(): curveIdentifier("1.2.840.10045.3.1.7"),
		elliptic.P384(): curveIdentifier("1.3.132.0.34"),
		elliptic.P521(): curveIdentifier("1.3.132.0.35"),
	}
)

// curveIdentifier is id-ecPublicKey with a named curve (RFC 5480, section
// 2.1.1).
func curveIdentifier(curve string) []byte {
	return algorithmIdentifier(mustOID("1.2.840.10045.2.1"), mustOID(curve).add)
}

// keyring makes the keys of one set. It counts the RSA keys that it has taken
// from the pool, by size, so that no two certificates get the same one.
type keyring map[int]int

func (r keyring) generate(algorithm keyAlgorithm) (*keyPair, error) {
	var signer crypto.Signer
	var err error
	switch {
	case algorithm.isRSA():
		n := r[algorithm.rsaBits]
		r[algorithm.rsaBits]++
		return rsaKeys.get(algorithm.rsaBits, n)
	case algorithm.isEd25519():
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		signer, err = ecdsa.GenerateKey(algorithm.curve, rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	return newKeyPair(signer)
}
