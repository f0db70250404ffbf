package certgen

import (
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// builder appends DER (X.690) to itself: what cryptobyte.Builder does, for the
// types that certificates need, without an allocation for every nested value.
// That is most of what generating a certificate costs beside its key and its
// signature.
type builder []byte

// add appends a value whose content the function adds.
func (b *builder) add(tag asn1.Tag, content func(b *builder)) {
	*b = append(*b, byte(tag), 0)
	start := len(*b)
	content(b)
	if length := len(*b) - start; length < 0x80 {
		(*b)[start-1] = byte(length)
	} else {
		b.insertLength(start, length)
	}
}

// insertLength makes room for the long form of a length (X.690, section
// 8.1.3.5), whose first octet stands in front of start.
func (b *builder) insertLength(start, length int) {
	octets := big.NewInt(int64(length)).Bytes()
	*b = append(*b, octets...)
	copy((*b)[start+len(octets):], (*b)[start:start+length])
	copy((*b)[start:], octets)
	(*b)[start-1] = 0x80 | byte(len(octets))
}

// addBytes appends what is encoded already.
func (b *builder) addBytes(der []byte) { *b = append(*b, der...) }

// addValue appends a value with these content octets.
func (b *builder) addValue(tag asn1.Tag, content []byte) {
	b.add(tag, func(b *builder) { b.addBytes(content) })
}

// addBitString appends a BIT STRING of whole octets.
func (b *builder) addBitString(octets []byte) {
	b.add(asn1.BIT_STRING, func(b *builder) {
		*b = append(*b, 0) // unused bits
		b.addBytes(octets)
	})
}

func (b *builder) addTrue() { *b = append(*b, byte(asn1.BOOLEAN), 1, 0xff) }

func (b *builder) addInt(n int) { b.addBigInt(big.NewInt(int64(n))) }

// addBigInt appends an INTEGER in as few octets as its two's complement fits
// (X.690, section 8.3).
func (b *builder) addBigInt(n *big.Int) {
	if n.Sign() >= 0 {
		b.addValue(asn1.INTEGER, n.FillBytes(make([]byte, n.BitLen()/8+1)))
		return
	}
	size := new(big.Int).Not(n).BitLen()/8 + 1
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(8*size))
	b.addValue(asn1.INTEGER, modulus.Add(modulus, n).Bytes())
}

// addTime chooses the type and form of RFC 5280, section 4.1.2.5. The time is
// in UTC, its year one of 0 to 9999.
func (b *builder) addTime(t time.Time) {
	tag, layout := asn1.GeneralizedTime, "20060102150405Z"
	if t.Year() >= 1950 && t.Year() < 2050 {
		tag, layout = asn1.UTCTime, "060102150405Z"
	}
	b.add(tag, func(b *builder) { *b = t.AppendFormat(*b, layout) })
}
