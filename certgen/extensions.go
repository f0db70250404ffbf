package certgen

import (
	"math/bits"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// The usual extensions (RFC 5280, section 4.2.1).
var (
	oidSubjectKeyID     = mustOID("2.5.29.14")
	oidKeyUsage         = mustOID("2.5.29.15")
	oidSubjectAltName   = mustOID("2.5.29.17")
	oidBasicConstraints = mustOID("2.5.29.19")
	oidNameConstraints  = mustOID("2.5.29.30")
	oidAuthorityKeyID   = mustOID("2.5.29.35")
	oidExtendedKeyUsage = mustOID("2.5.29.37")
)

// addExtensions encodes the extensions of p in the order of crypto/x509, and
// nothing where the list would be empty, which RFC 5280 does not allow.
func (p *plan) addExtensions(b *builder, key, issuerKey *keyPair) {
	start, none := len(*b), false
	b.add(asn1.Tag(3).ContextSpecific().Constructed(), func(b *builder) {
		b.add(asn1.SEQUENCE, func(b *builder) {
			first := len(*b)
			p.addUsualExtensions(b, key, issuerKey)
			for _, e := range p.extensions {
				addExtension(b, e.id, e.critical, func(b *builder) { b.addBytes(e.value) })
			}
			none = len(*b) == first
		})
	})
	if none {
		*b = (*b)[:start]
	}
}

func (p *plan) addUsualExtensions(b *builder, key, issuerKey *keyPair) {
	if usage := p.usage(); usage != 0 && p.has(keyUsage) {
		addExtension(b, oidKeyUsage, true, func(b *builder) { addBits(b, usage) })
	}
	if len(p.extendedKeyUsages) > 0 && p.has(extendedKeyUsage) {
		addExtension(b, oidExtendedKeyUsage, false, p.addExtendedKeyUsage)
	}
	if p.has(basicConstraints) {
		addExtension(b, oidBasicConstraints, true, p.addBasicConstraints)
	}
	if p.has(subjectKeyID) {
		addExtension(b, oidSubjectKeyID, false, func(b *builder) { b.addValue(asn1.OCTET_STRING, key.id) })
	}
	if !p.selfSigned() && p.issuer.has(subjectKeyID) && p.has(authorityKeyID) {
		addExtension(b, oidAuthorityKeyID, false, func(b *builder) { addAuthorityKeyID(b, issuerKey.id) })
	}
	if len(p.names) > 0 && p.has(subjectAltName) {
		// Critical where the subject is empty (RFC 5280, section 4.2.1.6).
		addExtension(b, oidSubjectAltName, p.subjectDN == "", p.addSubjectAltName)
	}
	if len(p.permits)+len(p.excludes) > 0 {
		addExtension(b, oidNameConstraints, true, p.addNameConstraints)
	}
}

// addExtension encodes one Extension (RFC 5280, section 4.1).
func addExtension(b *builder, id oid, critical bool, value func(*builder)) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		id.add(b)
		if critical {
			b.addTrue()
		}
		b.add(asn1.OCTET_STRING, value)
	})
}

// usage is the key usage of the spec, or that of the certificate's kind: an
// RSA key of a server also takes part in RSA key exchange.
func (p *plan) usage() uint16 {
	const (
		digitalSignature = 1 << 0
		keyEncipherment  = 1 << 2
		keyCertSign      = 1 << 5
		crlSign          = 1 << 6
	)
	switch {
	case p.keyUsage != nil:
		return *p.keyUsage
	case p.ca:
		return keyCertSign | crlSign
	case p.keyOwner.key.isRSA():
		return digitalSignature | keyEncipherment
	default:
		return digitalSignature
	}
}

// addBits encodes a named bit list, in which bit 0 comes first and zeros at
// the end do not count (X.690, section 11.2.2).
func addBits(b *builder, list uint16) {
	length := bits.Len16(list)
	reversed := bits.Reverse16(list)
	octets := []byte{byte(reversed >> 8), byte(reversed)}[:(length+7)/8]
	unused := byte(-length & 7)
	b.addValue(asn1.BIT_STRING, append([]byte{unused}, octets...))
}

func (p *plan) addExtendedKeyUsage(b *builder) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		for _, usage := range p.extendedKeyUsages {
			usage.add(b)
		}
	})
}

func (p *plan) addBasicConstraints(b *builder) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		if p.ca { // FALSE is DEFAULT
			b.addTrue()
		}
		if p.pathLength != nil {
			b.addInt(*p.pathLength)
		}
	})
}

func addAuthorityKeyID(b *builder, id []byte) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		b.addValue(asn1.Tag(0).ContextSpecific(), id)
	})
}

func (p *plan) addSubjectAltName(b *builder) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		for _, name := range p.names {
			name.add(b)
		}
	})
}

func (p *plan) addNameConstraints(b *builder) {
	b.add(asn1.SEQUENCE, func(b *builder) {
		addSubtrees(b, 0, p.permits)
		addSubtrees(b, 1, p.excludes)
	})
}

func addSubtrees(b *builder, tag asn1.Tag, subtrees []byte) {
	if len(subtrees) > 0 {
		b.addValue(tag.ContextSpecific().Constructed(), subtrees)
	}
}
