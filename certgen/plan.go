package certgen

import (
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// plan is a Spec after it was read: what to encode, with its defaults filled
// in. The encoder meets no value that it could refuse but a date.
type plan struct {
	name                string
	issuer              *plan // itself where self-signed
	keyOwner            *plan // itself unless it shares a key
	issuerName, ownerOf string

	version   int
	serial    *big.Int // nil means a random one
	subject   []byte   // Name, DER
	subjectDN string   // the same in the form of RFC 4514
	notBefore Moment
	notAfter  Moment

	key           keyAlgorithm
	publicKey     []byte   // DER; nil means that of the key
	pair          *keyPair // of keyOwner alone, once it is generated
	signatureWord string
	signature     signatureAlgorithm

	ca                bool
	pathLength        *int
	keyUsage          *uint16 // bit n of RFC 5280 is 1<<n; nil means the usual
	extendedKeyUsages []oid
	names             []generalName
	permits, excludes []byte // GeneralSubtree values, DER
	omit              []string
	extensions        []extension

	raw      []byte            // nil means the encoded certificate
	foreign  *x509.Certificate // raw where it was made elsewhere
	trailing []byte
}

func (p *plan) selfSigned() bool { return p.issuer == p }

// has says whether the certificate carries a usual extension.
func (p *plan) has(extension string) bool {
	return p.version == 3 && !slices.Contains(p.omit, extension)
}

// extension is one that is encoded as the spec gives it.
type extension struct {
	id       oid
	critical bool
	value    []byte
}

// The words of Spec.Omit.
const (
	basicConstraints = "basic-constraints"
	keyUsage         = "key-usage"
	extendedKeyUsage = "extended-key-usage"
	subjectKeyID     = "subject-key-id"
	authorityKeyID   = "authority-key-id"
	subjectAltName   = "subject-alt-name"
)

var omittable = []string{basicConstraints, keyUsage, extendedKeyUsage, subjectKeyID, authorityKeyID, subjectAltName}

// keyUsages are the bits of KeyUsage by their position (RFC 5280, section
// 4.2.1.3).
var keyUsages = []string{"digital-signature", "content-commitment", "key-encipherment", "data-encipherment", "key-agreement", "key-cert-sign", "crl-sign", "encipher-only", "decipher-only"}

var extendedKeyUsages = map[string]oid{
	"any":              mustOID("2.5.29.37.0"),
	"server-auth":      mustOID("1.3.6.1.5.5.7.3.1"),
	"client-auth":      mustOID("1.3.6.1.5.5.7.3.2"),
	"code-signing":     mustOID("1.3.6.1.5.5.7.3.3"),
	"email-protection": mustOID("1.3.6.1.5.5.7.3.4"),
	"time-stamping":    mustOID("1.3.6.1.5.5.7.3.8"),
	"ocsp-signing":     mustOID("1.3.6.1.5.5.7.3.9"),
}

// reader reads one Spec and collects what is wrong with it.
type reader struct {
	certificate string
	problems    []Problem
}

func (r *reader) problem(field string, err error) {
	if err != nil {
		r.problems = append(r.problems, Problem{r.certificate, field, err.Error()})
	}
}

func (r *reader) read(name string, spec Spec) *plan {
	r.problem("", checkName(name))
	p := &plan{name: name, issuerName: spec.Issuer, ownerOf: spec.KeyOf, ca: spec.CA, pathLength: spec.PathLength}
	p.issuer, p.keyOwner = p, p
	r.readIdentity(p, spec)
	r.readKey(p, spec)
	r.readUsages(p, spec)
	r.readConstraints(p, spec)
	r.readEncoding(p, spec)
	r.readForeign(p, spec)
	r.checkIgnored(p, spec)
	return p
}

// checkName refuses a name that [Set.Write] could not use for a file.
func checkName(name string) error {
	ok := name != "" && name[0] != '.' && name[0] != '-'
	for i := range len(name) {
		c := name[i]
		ok = ok && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.')
	}
	if !ok {
		return fmt.Errorf("%q is not a name for a certificate: expected letters, digits, dashes, underscores and dots, a letter or digit first", name)
	}
	return nil
}

// readIdentity reads who the certificate is for, when, and as which number.
func (r *reader) readIdentity(p *plan, spec Spec) {
	var err error
	names, errs := expandNames(spec.Names)
	r.problem("names", errors.Join(errs...))
	for _, text := range names {
		name, err := parseName(text)
		r.problem("names", err)
		p.names = append(p.names, name)
	}
	p.subjectDN = spec.Subject
	if p.subjectDN == "" {
		p.subjectDN = defaultSubject(p.name, names)
	}
	p.subject, err = subjectDER(p.subjectDN)
	r.problem("subject", err)
	if p.subjectDN == NoSubject {
		p.subjectDN = ""
	}

	p.notBefore, p.notAfter = spec.NotBefore, spec.NotAfter
	r.problem("not-before", p.notBefore.check())
	r.problem("not-after", p.notAfter.check())
	p.serial, err = parseSerial(spec.Serial)
	r.problem("serial", err)
}

// parseSerial reads a decimal or 0x-hexadecimal integer. The empty one is nil.
func parseSerial(text string) (*big.Int, error) {
	if text == "" {
		return nil, nil
	}
	digits, negative := strings.CutPrefix(text, "-")
	base := 10
	if hexadecimal, ok := strings.CutPrefix(digits, "0x"); ok {
		digits, base = hexadecimal, 16
	}
	serial, ok := new(big.Int).SetString(digits, base)
	if !ok || digits[0] == '+' || digits[0] == '-' {
		return nil, fmt.Errorf("%q is not an integer: expected a decimal one, such as 17 or -1, or a hexadecimal one, such as 0x1f", text)
	}
	if negative {
		serial.Neg(serial)
	}
	return serial, nil
}

func (r *reader) readKey(p *plan, spec Spec) {
	var err error
	p.key, err = parseKeyAlgorithm(spec.Key)
	r.problem("key", err)
	if spec.KeyOf != "" && spec.Key != "" {
		r.problem("key", fmt.Errorf("%s has no effect beside key-of: leave one of them out", spec.Key))
	}
	p.publicKey = r.hex("public-key", spec.PublicKey)
	p.signatureWord = spec.Signature
}

// readUsages reads what the key may be used for.
func (r *reader) readUsages(p *plan, spec Spec) {
	if spec.KeyUsage != nil {
		p.keyUsage = new(uint16)
	}
	for _, word := range spec.KeyUsage {
		bit := slices.Index(keyUsages, word)
		if bit < 0 {
			r.problem("key-usage", errors.New(unknown("key usage", word, keyUsages)))
			continue
		}
		*p.keyUsage |= 1 << bit
	}
	words := spec.ExtendedKeyUsage
	if words == nil && !spec.CA {
		words = []string{"server-auth"}
	}
	for _, word := range words {
		usage, err := parseExtendedKeyUsage(word)
		r.problem("extended-key-usage", err)
		p.extendedKeyUsages = append(p.extendedKeyUsages, usage)
	}
}

func parseExtendedKeyUsage(word string) (oid, error) {
	if usage, ok := extendedKeyUsages[word]; ok {
		return usage, nil
	}
	usage, err := parseOID(word)
	if err != nil {
		return nil, errors.New(unknown("extended key usage", word, sortedKeys(extendedKeyUsages)) + ", or a dotted object identifier")
	}
	return usage, nil
}

func (r *reader) readConstraints(p *plan, spec Spec) {
	if spec.Permits == nil && spec.CA && spec.Issuer == "" {
		p.permits = reserved()
	} else {
		p.permits = r.subtrees("permits", spec.Permits)
	}
	p.excludes = r.subtrees("excludes", spec.Excludes)
}

func (r *reader) subtrees(field string, constraints []string) []byte {
	der, errs := encodeSubtrees(constraints)
	for _, err := range errs {
		r.problem(field, err)
	}
	return der
}

// readEncoding reads what makes the encoding peculiar.
func (r *reader) readEncoding(p *plan, spec Spec) {
	p.version = cmp.Or(spec.Version, 3)
	if p.version < 1 || p.version > 3 {
		r.problem("version", fmt.Errorf("%d is not an X.509 version: expected 1, 2 or 3", spec.Version))
	}
	p.omit = spec.Omit
	for _, word := range spec.Omit {
		if !slices.Contains(omittable, word) {
			r.problem("omit", errors.New(unknown("extension", word, omittable)))
		}
	}
	for _, e := range spec.Extensions {
		id, err := parseOID(e.OID)
		r.problem("extensions", err)
		p.extensions = append(p.extensions, extension{id, e.Critical, r.hex("extensions", e.Value)})
	}
	p.trailing = r.hex("trailing", spec.Trailing)
	p.raw = r.hex("raw", spec.Raw)
}

func (r *reader) hex(field, digits string) []byte {
	if digits == "" {
		return nil
	}
	value, err := hex.DecodeString(digits)
	if err != nil {
		r.problem(field, fmt.Errorf("%q is not hexadecimal: expected pairs of digits, such as 0500", digits))
	}
	return value
}

// checkIgnored finds what the spec asks for and the certificate cannot have,
// so that nothing is left out in silence.
func (r *reader) checkIgnored(p *plan, spec Spec) {
	for _, field := range []struct {
		name, extension string
		given           bool
	}{
		{"path-length", basicConstraints, spec.PathLength != nil},
		{"key-usage", keyUsage, len(spec.KeyUsage) > 0},
		{"extended-key-usage", extendedKeyUsage, len(spec.ExtendedKeyUsage) > 0},
		{"permits", "", len(spec.Permits) > 0},
		{"excludes", "", len(spec.Excludes) > 0},
		{"extensions", "", len(spec.Extensions) > 0},
	} {
		switch {
		case !field.given:
		case p.version < 3:
			r.problem(field.name, fmt.Errorf("version %d has no extensions (RFC 5280, section 4.1.2.1): leave %s or version out", p.version, field.name))
		case slices.Contains(p.omit, field.extension):
			r.problem(field.name, fmt.Errorf("omit leaves %s out: leave %s out too", field.extension, field.name))
		}
	}
}
