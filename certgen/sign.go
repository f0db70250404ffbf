package certgen

import (
	"crypto"
	"crypto/ed25519"
	_ "crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// signatureAlgorithm is a way to sign, and the AlgorithmIdentifier that says
// so.
type signatureAlgorithm struct {
	hash       crypto.Hash // zero with Ed25519, which hashes by itself
	pss        bool
	identifier []byte
}

// The algorithms of each kind of issuer's key, by the words of Spec.Signature
// (RFC 3279, RFC 4055, RFC 5758, RFC 8410).
var (
	rsaSignatures = map[string]signatureAlgorithm{
		"md5":        pkcs1Signature(crypto.MD5, "1.2.840.113549.1.1.4"),
		"sha1":       pkcs1Signature(crypto.SHA1, "1.2.840.113549.1.1.5"),
		"sha256":     pkcs1Signature(crypto.SHA256, "1.2.840.113549.1.1.11"),
		"sha384":     pkcs1Signature(crypto.SHA384, "1.2.840.113549.1.1.12"),
		"sha512":     pkcs1Signature(crypto.SHA512, "1.2.840.113549.1.1.13"),
		"sha256-pss": pssSignature(crypto.SHA256),
		"sha384-pss": pssSignature(crypto.SHA384),
		"sha512-pss": pssSignature(crypto.SHA512),
	}
	ecdsaSignatures = map[string]signatureAlgorithm{
		"sha1":   ecdsaSignature(crypto.SHA1, "1.2.840.10045.4.1"),
		"sha256": ecdsaSignature(crypto.SHA256, "1.2.840.10045.4.3.2"),
		"sha384": ecdsaSignature(crypto.SHA384, "1.2.840.10045.4.3.3"),
		"sha512": ecdsaSignature(crypto.SHA512, "1.2.840.10045.4.3.4"),
	}
	ed25519Signature = signatureAlgorithm{identifier: ed25519Identifier}
)

// hashIdentifiers are the hash algorithms (RFC 8017, appendix B.1).
var hashIdentifiers = map[crypto.Hash][]byte{
	crypto.MD5:    algorithmIdentifier(mustOID("1.2.840.113549.2.5"), null),
	crypto.SHA1:   algorithmIdentifier(mustOID("1.3.14.3.2.26"), null),
	crypto.SHA256: algorithmIdentifier(mustOID("2.16.840.1.101.3.4.2.1"), null),
	crypto.SHA384: algorithmIdentifier(mustOID("2.16.840.1.101.3.4.2.2"), null),
	crypto.SHA512: algorithmIdentifier(mustOID("2.16.840.1.101.3.4.2.3"), null),
}

func ecdsaSignature(hash crypto.Hash, id string) signatureAlgorithm {
	return signatureAlgorithm{hash: hash, identifier: algorithmIdentifier(mustOID(id), nil)}
}

func pkcs1Signature(hash crypto.Hash, id string) signatureAlgorithm {
	return signatureAlgorithm{hash: hash, identifier: algorithmIdentifier(mustOID(id), null)}
}

// pssSignature has the parameters of RFC 4055, section 3.1: MGF1 with the same
// hash, a salt as long as the hash, and the trailer field's default.
func pssSignature(hash crypto.Hash) signatureAlgorithm {
	field := func(b *builder, n asn1.Tag, value func(*builder)) {
		b.add(n.ContextSpecific().Constructed(), value)
	}
	hashIdentifier := func(b *builder) { b.addBytes(hashIdentifiers[hash]) }
	mgf1 := algorithmIdentifier(mustOID("1.2.840.113549.1.1.8"), hashIdentifier)
	identifier := algorithmIdentifier(mustOID("1.2.840.113549.1.1.10"), func(b *builder) {
		b.add(asn1.SEQUENCE, func(b *builder) {
			field(b, 0, hashIdentifier)
			field(b, 1, func(b *builder) { b.addBytes(mgf1) })
			field(b, 2, func(b *builder) { b.addInt(hash.Size()) })
		})
	})
	return signatureAlgorithm{hash: hash, pss: true, identifier: identifier}
}

// digestInfo is the DigestInfo of RFC 8017, section 9.2.
func digestInfo(hash crypto.Hash, digest []byte) []byte {
	var b builder
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addBytes(hashIdentifiers[hash])
		b.addValue(asn1.OCTET_STRING, digest)
	})
	return b
}

// pkcs1Overhead is what EMSA-PKCS1-v1_5 adds to the DigestInfo at least.
const pkcs1Overhead = 11

// signatureWith finds the algorithm for a word of Spec.Signature and the
// issuer's key.
func signatureWith(word string, issuer keyAlgorithm) (signatureAlgorithm, error) {
	if word == "" {
		word = "sha256"
	}
	if _, ok := rsaSignatures[word]; !ok {
		return signatureAlgorithm{}, errors.New(unknown("signature", word, sortedKeys(rsaSignatures)))
	}
	switch {
	case issuer.isEd25519():
		return ed25519Signature, nil
	case !issuer.isRSA():
		algorithm, ok := ecdsaSignatures[word]
		if !ok {
			return algorithm, fmt.Errorf("%s needs an issuer with an RSA key: with an ECDSA key there are %v", word, sortedKeys(ecdsaSignatures))
		}
		return algorithm, nil
	}
	algorithm := rsaSignatures[word]
	if need := algorithm.modulusBits(); issuer.rsaBits < need {
		return algorithm, fmt.Errorf("%s does not fit the issuer's key rsa-%d: it needs %d bits", word, issuer.rsaBits, need)
	}
	return algorithm, nil
}

// modulusBits is the size of the smallest modulus that the signature fits (RFC
// 8017, sections 9.1.1 and 9.2).
func (a signatureAlgorithm) modulusBits() int {
	if a.pss {
		return 8*(2*a.hash.Size()+1) + 2
	}
	info := digestInfo(a.hash, make([]byte, a.hash.Size()))
	return 8*(len(info)+pkcs1Overhead-1) + 1
}

// sign signs message with an issuer's key.
func (a signatureAlgorithm) sign(key crypto.Signer, message []byte) ([]byte, error) {
	if ed, ok := key.(ed25519.PrivateKey); ok {
		return ed25519.Sign(ed, message), nil
	}
	h := a.hash.New()
	h.Write(message)
	var opts crypto.SignerOpts = a.hash
	if a.pss {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: a.hash}
	}
	return key.Sign(rand.Reader, h.Sum(nil), opts)
}
