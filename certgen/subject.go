package certgen

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// attributeType is a kind of attribute in a distinguished name.
type attributeType struct {
	id  oid
	ia5 bool // IA5String by definition (RFC 5280, appendix A.1)
}

// attributeTypes are the short names of RFC 4514, section 3, and three more
// that crypto/x509 and OpenSSL print, in upper case.
var attributeTypes = map[string]attributeType{
	"CN":           {id: mustOID("2.5.4.3")},
	"SERIALNUMBER": {id: mustOID("2.5.4.5")},
	"C":            {id: mustOID("2.5.4.6")},
	"L":            {id: mustOID("2.5.4.7")},
	"ST":           {id: mustOID("2.5.4.8")},
	"STREET":       {id: mustOID("2.5.4.9")},
	"O":            {id: mustOID("2.5.4.10")},
	"OU":           {id: mustOID("2.5.4.11")},
	"POSTALCODE":   {id: mustOID("2.5.4.17")},
	"UID":          {id: mustOID("0.9.2342.19200300.100.1.1")},
	"DC":           {id: mustOID("0.9.2342.19200300.100.1.25"), ia5: true},
	"EMAILADDRESS": {id: mustOID("1.2.840.113549.1.9.1"), ia5: true},
}

// NoSubject is the Subject of a certificate whose subject is the empty name.
const NoSubject = "none"

// subjectDER encodes a distinguished name in the string form of RFC 4514 as
// the Name of RFC 5280, section 4.1.2.4. Spaces beside the separators, which
// RFC 4514 does not have, are left out.
func subjectDER(text string) ([]byte, error) {
	if text == NoSubject {
		return []byte{byte(asn1.SEQUENCE), 0}, nil
	}
	rdns, err := parseRDNs(text)
	if err != nil {
		return nil, err
	}
	// The string form has the last one first (RFC 4514, section 2.1).
	slices.Reverse(rdns)
	b := make(builder, 0, 2*len(text)+32)
	b.add(asn1.SEQUENCE, func(b *builder) {
		for _, attributes := range rdns {
			// DER orders the elements of a SET OF (X.690, section 11.6).
			slices.SortFunc(attributes, bytes.Compare)
			b.add(asn1.SET, func(b *builder) {
				for _, attribute := range attributes {
					b.addBytes(attribute)
				}
			})
		}
	})
	return b, nil
}

// parseRDNs reads the relative distinguished names in the order of the text,
// each a list of encoded attributes.
func parseRDNs(text string) ([][][]byte, error) {
	var rdns [][][]byte
	separator := byte(',')
	for rest := text; ; {
		word, value, ok := strings.Cut(rest, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not a distinguished name: expected TYPE=VALUE, such as CN=Corp Root CA,O=Corp (RFC 4514), at %q", text, rest)
		}
		kind, err := parseAttributeType(strings.TrimSpace(word))
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		der, length, err := parseAttributeValue(kind, value)
		if err != nil {
			return nil, fmt.Errorf("%q: value of %s: %w", text, strings.TrimSpace(word), err)
		}
		if separator == ',' {
			rdns = append(rdns, nil)
		}
		rdns[len(rdns)-1] = append(rdns[len(rdns)-1], encodeAttribute(kind, der))
		if length == len(value) {
			return rdns, nil
		}
		separator, rest = value[length], value[length+1:]
	}
}

func parseAttributeType(word string) (attributeType, error) {
	if kind, ok := attributeTypes[strings.ToUpper(word)]; ok {
		return kind, nil
	}
	id, err := parseOID(word)
	if err != nil {
		return attributeType{}, errors.New(unknown("attribute type", word, sortedKeys(attributeTypes)) + ", or a dotted object identifier")
	}
	return attributeType{id: id}, nil
}

func encodeAttribute(kind attributeType, value []byte) []byte {
	b := make(builder, 0, len(kind.id)+len(value)+8)
	b.add(asn1.SEQUENCE, func(b *builder) {
		kind.id.add(b)
		b.addBytes(value)
	})
	return b
}

// parseAttributeValue reads the value that s starts with and returns its DER
// and the length of its text: the index of the comma or plus behind it, or
// len(s).
func parseAttributeValue(kind attributeType, s string) (der []byte, length int, err error) {
	start := len(s) - len(strings.TrimLeft(s, " "))
	if strings.HasPrefix(s[start:], "#") {
		return parseHexValue(s, start)
	}
	value, length, err := unescape(s, start)
	if err != nil {
		return nil, 0, err
	}
	if !utf8.Valid(value) {
		return nil, 0, fmt.Errorf("%q is not UTF-8", value)
	}
	b := make(builder, 0, len(value)+8)
	b.addValue(stringTag(kind, value), value)
	return b, length, nil
}

// parseHexValue reads the form #HEX, the encoding of a value of any type (RFC
// 4514, section 2.4).
func parseHexValue(s string, start int) (der []byte, length int, err error) {
	length = len(s)
	if i := strings.IndexAny(s, ",+"); i >= 0 {
		length = i
	}
	digits := strings.TrimRight(s[start+1:length], " ")
	der, err = hex.DecodeString(digits)
	if err != nil {
		return nil, 0, fmt.Errorf("#%s: expected pairs of hexadecimal digits", digits)
	}
	input := cryptobyte.String(der)
	var element cryptobyte.String
	var tag asn1.Tag
	if !input.ReadAnyASN1Element(&element, &tag) || !input.Empty() {
		return nil, 0, fmt.Errorf("#%s: expected one DER element, such as #0c0141", digits)
	}
	return der, length, nil
}

// unescape reads a value from s[start:] up to an unescaped comma or plus and
// returns it with that position. Spaces at its end count only where they are
// escaped (RFC 4514, section 2.4).
func unescape(s string, start int) (value []byte, length int, err error) {
	value = make([]byte, 0, len(s)-start)
	end := 0 // of value without unescaped spaces at its end
	i := start
	for i < len(s) && s[i] != ',' && s[i] != '+' {
		switch c := s[i]; c {
		case '\\':
			escaped, size, err := unescapeOne(s[i+1:])
			if err != nil {
				return nil, 0, err
			}
			value = append(value, escaped)
			end = len(value)
			i += size
		case '"', ';', '<', '>', 0:
			return nil, 0, fmt.Errorf(`%q must be escaped as \%02x (RFC 4514, section 2.4)`, string(c), c)
		default:
			value = append(value, c)
			if c != ' ' {
				end = len(value)
			}
		}
		i++
	}
	return value[:end], i, nil
}

// unescapeOne reads what follows a backslash and returns the octet and the
// length of its text.
func unescapeOne(s string) (octet byte, size int, err error) {
	if s != "" && strings.IndexByte(`\"+,;<> #=`, s[0]) >= 0 {
		return s[0], 1, nil
	}
	if len(s) >= 2 {
		if pair, err := hex.DecodeString(s[:2]); err == nil {
			return pair[0], 2, nil
		}
	}
	return 0, 0, errors.New(`a backslash must be followed by a special character or two hexadecimal digits (RFC 4514, section 2.4)`)
}

// escape writes a value so that unescape reads it again.
func escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		edge := c == ' ' && (i == 0 || i == len(value)-1) || c == '#' && i == 0
		switch {
		case c == 0:
			b.WriteString(`\00`)
			continue
		case edge || strings.IndexByte(`\"+,;<>`, c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// stringTag chooses the string type that crypto/x509 would: PrintableString
// where the characters allow it, else UTF8String. Types that are defined as
// IA5String keep it for ASCII.
func stringTag(kind attributeType, value []byte) asn1.Tag {
	switch {
	case kind.ia5 && isASCII(value):
		return asn1.IA5String
	case isPrintable(value):
		return asn1.PrintableString
	default:
		return asn1.UTF8String
	}
}

func isASCII(value []byte) bool {
	return !slices.ContainsFunc(value, func(c byte) bool { return c >= utf8.RuneSelf })
}

// isPrintable says whether value fits a PrintableString (X.680, section 41.4).
func isPrintable(value []byte) bool {
	return !slices.ContainsFunc(value, func(c byte) bool {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		return !letter && !digit && strings.IndexByte(" '()+,-./:=?", c) < 0
	})
}

// defaultSubject is the subject of a certificate whose spec has none.
func defaultSubject(name string, names []string) string {
	if len(names) > 0 {
		_, name, _ = splitPrefix(names[0])
	}
	return "CN=" + escape(strings.ToValidUTF8(name, string(utf8.RuneError)))
}
