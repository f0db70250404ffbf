package scenarios

import (
	"crypto/tls"
	"maps"
	"slices"
)

// foreignSuites are cipher suites that crypto/tls has never had, or no longer,
// by their names in the IANA registry.
var foreignSuites = map[string]uint16{
	"TLS_RSA_WITH_NULL_SHA256":              0x003B, // RFC 5246
	"TLS_ECDHE_RSA_WITH_NULL_SHA":           0xC010, // RFC 8422
	"TLS_RSA_EXPORT_WITH_RC4_40_MD5":        0x0003, // RFC 4346
	"TLS_RSA_WITH_RC4_128_MD5":              0x0004, // RFC 5246
	"TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA":     0x0016, // RFC 5246
	"TLS_DHE_RSA_WITH_AES_128_CBC_SHA":      0x0033, // RFC 5246
	"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256":   0x009E, // RFC 5288
	"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384":   0x009F, // RFC 5288
	"TLS_DH_anon_WITH_AES_128_GCM_SHA256":   0x00A6, // RFC 5288
	"TLS_ECDHE_ECDSA_WITH_AES_128_CCM":      0xC0AC, // RFC 7251
	"TLS_ECDHE_ECDSA_WITH_AES_256_CCM":      0xC0AD, // RFC 7251
	"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8":    0xC0AE, // RFC 7251
	"TLS_PSK_WITH_AES_128_GCM_SHA256":       0x00A8, // RFC 5487
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": 0xC028, // RFC 5289
}

// CipherSuites are the numbers of those cipher suites up to TLS 1.2 that a host
// can be told to offer: TLS 1.3 does not let one choose. Some of them no
// crypto/tls has, see [TLS].
func CipherSuites() map[string]uint16 {
	suites := maps.Clone(foreignSuites)
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			suites[suite.Name] = suite.ID
		}
	}
	return suites
}

// Curves are the numbers of the key exchange groups that a host can be told to
// offer. X448 and ffdhe2048 no crypto/tls has, see [TLS].
func Curves() map[string]tls.CurveID {
	return map[string]tls.CurveID{
		"X25519": tls.X25519, "P-256": tls.CurveP256, "P-384": tls.CurveP384, "P-521": tls.CurveP521,
		"X25519MLKEM768": tls.X25519MLKEM768,
		"X448":           30,    // RFC 8446, section 4.2.7
		"ffdhe2048":      0x100, // the same
	}
}

// SignatureSchemes are those with which a host can be told to sign handshakes,
// by their names in RFC 8446, section 4.2.3.
func SignatureSchemes() map[string]tls.SignatureScheme {
	return map[string]tls.SignatureScheme{
		"rsa_pkcs1_sha1":         tls.PKCS1WithSHA1,
		"rsa_pkcs1_sha256":       tls.PKCS1WithSHA256,
		"rsa_pss_rsae_sha256":    tls.PSSWithSHA256,
		"ecdsa_sha1":             tls.ECDSAWithSHA1,
		"ecdsa_secp256r1_sha256": tls.ECDSAWithP256AndSHA256,
	}
}
