package backend

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// BundleName is the file of a trust store, laid out as Debian does
// /etc/ssl/certs, that holds all its certificates.
const BundleName = "ca-certificates.crt"

// Bundle is the content of the file [BundleName]: the PEM blocks one after the
// other. Without roots it is empty but not nil: a store without certificates
// has the file, so that no client goes on to look for another.
func Bundle(roots [][]byte) []byte {
	bundle := []byte{}
	for _, root := range roots {
		bundle = append(bundle, root...)
		if !bytes.HasSuffix(bundle, []byte("\n")) {
			bundle = append(bundle, '\n')
		}
	}
	return bundle
}

// HashNames are the names under which OpenSSL looks each of roots up in a
// folder: the hash of the subject and a running number for equal subjects
// (openssl-rehash(1)). A root whose subject cannot be read, which OpenSSL
// cannot load either, has the name "".
func HashNames(roots [][]byte) []string {
	names := make([]string, len(roots))
	seen := map[uint32]int{}
	for i, root := range roots {
		hash, err := subjectHash(root)
		if err != nil {
			continue
		}
		names[i] = fmt.Sprintf("%08x.%d", hash, seen[hash])
		seen[hash]++
	}
	return names
}

// subjectHash is X509_NAME_hash of OpenSSL 1.0 and later: the first four bytes
// of the SHA-1 of the subject in canonical form.
func subjectHash(root []byte) (uint32, error) {
	block, _ := pem.Decode(root)
	if block == nil {
		return 0, errors.New("not a PEM block")
	}
	subject, err := readSubject(block.Bytes)
	if err != nil {
		return 0, err
	}
	canonical, err := canonicalName(subject)
	if err != nil {
		return 0, err
	}
	sum := sha1.Sum(canonical)
	return binary.LittleEndian.Uint32(sum[:4]), nil
}

// readSubject finds the subject in a certificate (RFC 5280, section 4.1)
// without judging the rest of it, which may be broken on purpose.
func readSubject(der []byte) (subject cryptobyte.String, err error) {
	input := cryptobyte.String(der)
	var cert, tbs cryptobyte.String
	if !input.ReadASN1(&cert, cryptobyte_asn1.SEQUENCE) ||
		!cert.ReadASN1(&tbs, cryptobyte_asn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(cryptobyte_asn1.Tag(0).Constructed().ContextSpecific()) ||
		!tbs.SkipASN1(cryptobyte_asn1.INTEGER) ||
		!tbs.SkipASN1(cryptobyte_asn1.SEQUENCE) || // signature
		!tbs.SkipASN1(cryptobyte_asn1.SEQUENCE) || // issuer
		!tbs.SkipASN1(cryptobyte_asn1.SEQUENCE) || // validity
		!tbs.ReadASN1(&subject, cryptobyte_asn1.SEQUENCE) {
		return nil, errors.New("not a certificate")
	}
	return subject, nil
}

// canonicalName is OpenSSL's i2d_name_canon: the sets without the sequence
// around them, each text as a UTF8String without case and needless spaces.
func canonicalName(name cryptobyte.String) ([]byte, error) {
	var b cryptobyte.Builder
	for !name.Empty() {
		var set cryptobyte.String
		if !name.ReadASN1(&set, cryptobyte_asn1.SET) {
			return nil, errors.New("not a name")
		}
		b.AddASN1(cryptobyte_asn1.SET, func(b *cryptobyte.Builder) {
			for !set.Empty() {
				addCanonicalAttribute(b, &set)
			}
		})
	}
	return b.Bytes()
}

func addCanonicalAttribute(b *cryptobyte.Builder, set *cryptobyte.String) {
	var attribute, oid, value cryptobyte.String
	var tag cryptobyte_asn1.Tag
	if !set.ReadASN1(&attribute, cryptobyte_asn1.SEQUENCE) ||
		!attribute.ReadASN1Element(&oid, cryptobyte_asn1.OBJECT_IDENTIFIER) ||
		!attribute.ReadAnyASN1(&value, &tag) {
		b.SetError(errors.New("not an attribute"))
		return
	}
	b.AddASN1(cryptobyte_asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(oid)
		if text, ok := attributeText(value, tag); ok {
			value, tag = cryptobyte.String(canonicalText(text)), cryptobyte_asn1.UTF8String
		}
		b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(value) })
	})
}

// attributeText reads the string types that OpenSSL turns into UTF-8.
func attributeText(value []byte, tag cryptobyte_asn1.Tag) (string, bool) {
	switch tag {
	case cryptobyte_asn1.UTF8String, cryptobyte_asn1.PrintableString, cryptobyte_asn1.IA5String:
		return string(value), utf8.Valid(value)
	case cryptobyte_asn1.T61String:
		var text strings.Builder // read as ISO 8859-1, as OpenSSL does
		for _, c := range value {
			text.WriteRune(rune(c))
		}
		return text.String(), true
	case asn1.TagBMPString:
		var text strings.Builder
		for ; len(value) >= 2; value = value[2:] {
			text.WriteRune(rune(binary.BigEndian.Uint16(value)))
		}
		return text.String(), true
	}
	return "", false
}

// canonicalText drops outer and doubled ASCII spaces and lowers ASCII letters.
func canonicalText(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) })
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.Join(words, " "))
}
