package certgen

import (
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// oid is an object identifier in DER, with tag and length (X.690, section
// 8.19), so that arcs of any size fit and none is encoded twice.
type oid []byte

// parseOID reads the dotted form.
func parseOID(dotted string) (oid, error) {
	parsed, err := x509.ParseOID(dotted)
	if err != nil {
		return nil, fmt.Errorf("%q is not an object identifier in dotted form, such as 1.3.6.1.5.5.7.3.1", dotted)
	}
	content, err := parsed.MarshalBinary()
	if err != nil {
		return nil, err
	}
	var b builder
	b.addValue(asn1.OBJECT_IDENTIFIER, content)
	return oid(b), nil
}

// mustOID is parseOID for the identifiers written in this package.
func mustOID(dotted string) oid {
	id, err := parseOID(dotted)
	if err != nil {
		panic(err)
	}
	return id
}

func (id oid) add(b *builder) { b.addBytes(id) }

// algorithmIdentifier encodes an AlgorithmIdentifier (RFC 5280, section
// 4.1.1.2). Nil parameters are absent.
func algorithmIdentifier(id oid, parameters func(*builder)) []byte {
	var b builder
	b.add(asn1.SEQUENCE, func(b *builder) {
		id.add(b)
		if parameters != nil {
			parameters(b)
		}
	})
	return b
}

// null is the NULL that stands for the parameters of an RSA algorithm (RFC
// 3279, section 2.2.1).
func null(b *builder) { *b = append(*b, byte(asn1.NULL), 0) }
