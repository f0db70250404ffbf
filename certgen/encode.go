package certgen

import (
	"crypto/rand"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// typicalSize holds most certificates, so that a builder rarely grows.
const typicalSize = 1024

// validity is the resolved pair of moments of a plan.
type validity struct{ notBefore, notAfter time.Time }

// encodeTBS encodes the TBSCertificate (RFC 5280, section 4.1.2) of p.
func (p *plan) encodeTBS(key, issuerKey *keyPair, valid validity) []byte {
	b := make(builder, 0, typicalSize)
	b.add(asn1.SEQUENCE, func(b *builder) {
		if p.version > 1 { // version 1 is DEFAULT
			b.add(asn1.Tag(0).ContextSpecific().Constructed(), func(b *builder) { b.addInt(p.version - 1) })
		}
		b.addBigInt(p.serialNumber())
		b.addBytes(p.signature.identifier)
		b.addBytes(p.issuer.subject)
		b.add(asn1.SEQUENCE, func(b *builder) {
			b.addTime(valid.notBefore)
			b.addTime(valid.notAfter)
		})
		b.addBytes(p.subject)
		if p.publicKey != nil {
			b.addBytes(p.publicKey)
		} else {
			b.addBytes(key.spki)
		}
		if p.version == 3 {
			p.addExtensions(b, key, issuerKey)
		}
	})
	return b
}

// serialNumber is the spec's, or 127 random bits: positive, and no more than
// the 20 octets of RFC 5280, section 4.1.2.2.
func (p *plan) serialNumber() *big.Int {
	if p.serial != nil {
		return p.serial
	}
	octets := make([]byte, 16)
	rand.Read(octets) // never fails
	octets[0] &= 0x7f
	return new(big.Int).SetBytes(octets)
}

// encodeCertificate puts a signature to a TBSCertificate (RFC 5280, section
// 4.1).
func encodeCertificate(tbs []byte, algorithm signatureAlgorithm, signature []byte) []byte {
	b := make(builder, 0, len(tbs)+len(algorithm.identifier)+len(signature)+16)
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addBytes(tbs)
		b.addBytes(algorithm.identifier)
		b.addBitString(signature)
	})
	return b
}
