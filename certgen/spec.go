package certgen

// Spec describes one certificate of a set. The zero value is sound: a
// self-signed end-entity certificate for TLS servers with an ECDSA P-256 key,
// valid from an hour ago for 90 days, without any name.
//
// In the fields that are lists, nil means "the usual for this kind of
// certificate" and an empty, non-nil list means "none".
type Spec struct {
	// Issuer names the certificate of the same set that signs this one.
	// Empty means self-signed.
	Issuer string `json:"issuer,omitempty"`

	// Subject is a distinguished name in the string form of RFC 4514, such as
	// "CN=Corp Root CA,O=Corp". The types are CN, O, OU, C, L, ST, STREET,
	// POSTALCODE, DC, UID, SERIALNUMBER, emailAddress, and dotted OIDs. Empty
	// means CN= and the first of Names, or the certificate's own name in the
	// set where there are none. [NoSubject], the word none, is the empty name.
	Subject string `json:"subject,omitempty"`

	// Names are the subject alternative names (RFC 5280, section 4.2.1.6). A
	// name's form tells its kind: an IP address, an e-mail address with @, a
	// URI with ://, else a DNS name. A prefix dns:, ip:, email: or uri: forces
	// the kind, which is how an address gets into a DNS name. What stands in a
	// dns: name is encoded as it is, also when it is malformed. In one without
	// a prefix {1..100} stands for a name with each of these numbers. No names,
	// no extension.
	Names []string `json:"names,omitempty"`

	// CA makes an authority: basic constraints CA:TRUE, key usage certificate
	// and CRL signing. A self-signed authority is also constrained to reserved
	// names, unless Permits says otherwise.
	CA bool `json:"ca,omitempty"`

	// PathLength is the number of intermediates that may follow (RFC 5280,
	// section 4.2.1.9). Nil means no limit. It is encoded for an end entity
	// too, where it has no meaning.
	PathLength *int `json:"path-length,omitempty"`

	// KeyUsage lists usages by their RFC 5280 (section 4.2.1.3) names in
	// kebab case: digital-signature, content-commitment, key-encipherment,
	// data-encipherment, key-agreement, key-cert-sign, crl-sign,
	// encipher-only, decipher-only.
	KeyUsage []string `json:"key-usage,omitzero"`

	// ExtendedKeyUsage lists server-auth, client-auth, code-signing,
	// email-protection, time-stamping, ocsp-signing, any, or dotted OIDs
	// (RFC 5280, section 4.2.1.12). Nil means server-auth for an end entity
	// and none for an authority.
	ExtendedKeyUsage []string `json:"extended-key-usage,omitzero"`

	// Permits and Excludes are name constraints (RFC 5280, section 4.2.1.10):
	// DNS subtrees, CIDR ranges, e-mail with @ (user@host, @host for a host's
	// mailboxes, @.host for those below it), uri: hosts. The prefixes of Names
	// force a kind here too. The extension is critical. A nil Permits on a
	// self-signed authority means [Reserved]; an empty one means no limit.
	Permits  []string `json:"permits,omitzero"`
	Excludes []string `json:"excludes,omitempty"`

	// Key is the algorithm and size: ecdsa-p224, ecdsa-p256 (the default),
	// ecdsa-p384, ecdsa-p521, ed25519, or rsa-BITS with 512 to 16384 bits.
	// Above 4096 bits the modulus has four or five primes (RFC 8017, section
	// 3.1), since two take minutes to find.
	Key string `json:"key,omitempty"`

	// PublicKey is hexadecimal: a SubjectPublicKeyInfo (RFC 5280, section
	// 4.1.2.7) that stands in the certificate in the place of that of its key,
	// which still signs: a kind of key that this package cannot make. The key
	// identifiers stay those of the key.
	PublicKey string `json:"public-key,omitempty"`

	// KeyOf names a certificate of the same set whose key this one shares: a
	// root that was issued again, or a cross-signed one.
	KeyOf string `json:"key-of,omitempty"`

	// Signature is the hash that the issuer signs with: md5, sha1, sha256
	// (the default), sha384, sha512, or sha256-pss, sha384-pss, sha512-pss
	// with an RSA issuer. Ignored with an Ed25519 issuer.
	Signature string `json:"signature,omitempty"`

	// NotBefore and NotAfter bound the validity. Zero means an hour ago and
	// 90 days from now.
	NotBefore Moment `json:"not-before,omitempty"`
	NotAfter  Moment `json:"not-after,omitempty"`

	// Serial is a decimal or 0x-hexadecimal integer of any length, negative
	// and zero included. Empty means 127 random bits, positive.
	Serial string `json:"serial,omitempty"`

	// Version is the X.509 version, 1 to 3. Zero means 3. Versions 1 and 2
	// have no extensions (RFC 5280, section 4.1.2.1).
	Version int `json:"version,omitempty"`

	// Omit names extensions that this certificate lacks although its kind
	// usually has them: basic-constraints, key-usage, extended-key-usage,
	// subject-key-id, authority-key-id, subject-alt-name.
	Omit []string `json:"omit,omitempty"`

	// Extensions are added behind the usual ones, byte for byte: unknown,
	// critical, duplicate, whatever they are.
	Extensions []Extension `json:"extensions,omitempty"`

	// Trailing is hexadecimal: bytes that follow the certificate's DER.
	Trailing string `json:"trailing,omitempty"`

	// Raw is hexadecimal: bytes that stand in the place of the certificate's
	// DER, whatever they are. Its subject and key, with which it may have
	// issued others, are those of the other fields.
	Raw string `json:"raw,omitempty"`

	// PEM is a certificate that was made elsewhere, such as a customer's root,
	// as a block CERTIFICATE; no other field goes with it. It can be trusted,
	// sent and written. Its key is nobody's: what it issues here, or presents,
	// is signed with another one.
	PEM string `json:"pem,omitempty"`
}

// Extension is one X.509 extension as it is encoded (RFC 5280, section 4.1).
type Extension struct {
	OID      string `json:"oid"`                // dotted
	Critical bool   `json:"critical,omitempty"` // false is DEFAULT and not encoded
	Value    string `json:"value,omitempty"`    // hexadecimal content of extnValue
}

// SubjectFor is the distinguished name of a certificate that is called name in
// its set: Subject, or what an empty one means.
func (s Spec) SubjectFor(name string) string {
	if foreign, err := parseForeign(s.PEM); err == nil {
		return foreign.Subject.String()
	}
	switch s.Subject {
	case "":
		names, _ := expandNames(s.Names)
		return defaultSubject(name, names)
	case NoSubject:
		return ""
	}
	return s.Subject
}
