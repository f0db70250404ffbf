package certgen

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// Format is a way to write certificates into a file, sound or broken.
type Format string

// The formats. Those that no TLS library reads are what people produce by
// accident.
const (
	PEM             Format = "pem"
	DER             Format = "der"
	PEMNoNewline    Format = "pem-no-newline" // the line break between two blocks is missing
	PEMCRLF         Format = "pem-crlf"       // DOS line ends
	PEMCR           Format = "pem-cr"         // carriage returns alone
	PEMBOM          Format = "pem-bom"        // a UTF-8 byte order mark in front
	PEMUTF16        Format = "pem-utf16"      // what some editors on Windows save
	PEMIndented     Format = "pem-indented"   // cut out of a YAML file
	PEMOneLine      Format = "pem-one-line"   // line breaks turned into spaces
	PEMEscaped      Format = "pem-escaped"    // line breaks turned into \n, as in JSON
	PEMText         Format = "pem-text"       // openssl's explanation before each block
	PEMTrustedLabel Format = "pem-trusted"    // BEGIN TRUSTED CERTIFICATE
	PEMX509Label    Format = "pem-x509"       // BEGIN X509 CERTIFICATE
	PKCS7           Format = "pkcs7"          // BEGIN PKCS7, a degenerate SignedData (RFC 2315)
)

// formats are all formats with the ways to write them.
var formats = []struct {
	name  Format
	write func([]*Certificate) []byte
}{
	{PEM, pemBlocks("CERTIFICATE")},
	{DER, writeDER},
	{PEMNoNewline, changed("-----\n-----BEGIN", "----------BEGIN")},
	{PEMCRLF, changed("\n", "\r\n")},
	{PEMCR, changed("\n", "\r")},
	{PEMBOM, writeBOM},
	{PEMUTF16, writeUTF16},
	{PEMIndented, writeIndented},
	{PEMOneLine, changed("\n", " ")},
	{PEMEscaped, changed("\n", `\n`)},
	{PEMText, writeText},
	{PEMTrustedLabel, pemBlocks("TRUSTED CERTIFICATE")},
	{PEMX509Label, pemBlocks("X509 CERTIFICATE")},
	{PKCS7, writePKCS7},
}

// Formats returns all formats.
func Formats() []Format {
	var names []Format
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Bundle writes certificates in their order. The empty format means [PEM]. It
// is an error where there is no such format.
func Bundle(certs []*Certificate, f Format) ([]byte, error) {
	if f == "" {
		f = PEM
	}
	for _, format := range formats {
		if format.name == f {
			return format.write(certs), nil
		}
	}
	var known []string
	for _, name := range Formats() {
		known = append(known, string(name))
	}
	return nil, errors.New(unknown("format", string(f), known))
}

func pemBlocks(label string) func([]*Certificate) []byte {
	return func(certs []*Certificate) []byte {
		var out []byte
		for _, c := range certs {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: c.Raw})...)
		}
		return out
	}
}

func writePEM(certs []*Certificate) []byte { return pemBlocks("CERTIFICATE")(certs) }

// changed writes PEM in which one text is replaced by another.
func changed(from, to string) func([]*Certificate) []byte {
	return func(certs []*Certificate) []byte {
		return bytes.ReplaceAll(writePEM(certs), []byte(from), []byte(to))
	}
}

func writeDER(certs []*Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, c.Raw...)
	}
	return out
}

func writeBOM(certs []*Certificate) []byte {
	return append([]byte("\uFEFF"), writePEM(certs)...)
}

// writeUTF16 has a byte order mark, little-endian units and DOS line ends.
func writeUTF16(certs []*Certificate) []byte {
	text := []rune("\uFEFF" + string(changed("\n", "\r\n")(certs)))
	var out []byte
	for _, unit := range utf16.Encode(text) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func writeIndented(certs []*Certificate) []byte {
	var out []byte
	for line := range bytes.Lines(writePEM(certs)) {
		out = append(append(out, "    "...), line...)
	}
	return out
}

// writeText has before each block what openssl pkcs7 -print_certs puts there.
func writeText(certs []*Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = fmt.Appendf(out, "subject=%s\nissuer=%s\n\n%s\n", c.Subject, c.issuerDN, c.PEM())
	}
	return out
}

var (
	oidPKCS7Data       = mustOID("1.2.840.113549.1.7.1")
	oidPKCS7SignedData = mustOID("1.2.840.113549.1.7.2")
)

// writePKCS7 has a SignedData without content and signers (RFC 2315, section
// 9.1), the form in which Windows exports chains.
func writePKCS7(certs []*Certificate) []byte {
	var b builder
	b.add(asn1.SEQUENCE, func(b *builder) {
		oidPKCS7SignedData.add(b)
		b.add(asn1.Tag(0).ContextSpecific().Constructed(), func(b *builder) {
			b.add(asn1.SEQUENCE, func(b *builder) {
				b.addInt(1) // version
				b.add(asn1.SET, func(*builder) {})
				b.add(asn1.SEQUENCE, oidPKCS7Data.add)
				b.add(asn1.Tag(0).ContextSpecific().Constructed(), func(b *builder) {
					b.addBytes(writeDER(certs))
				})
				b.add(asn1.SET, func(*builder) {})
			})
		})
	})
	return pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: b})
}
