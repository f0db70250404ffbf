package export

// opensslSuites are OpenSSL's names of cipher suites by their IANA names
// (ciphers(1ssl)).
var opensslSuites = map[string]string{
	"TLS_RSA_WITH_AES_128_CBC_SHA":                  "AES128-SHA",
	"TLS_RSA_WITH_AES_256_CBC_SHA":                  "AES256-SHA",
	"TLS_RSA_WITH_AES_128_CBC_SHA256":               "AES128-SHA256",
	"TLS_RSA_WITH_AES_128_GCM_SHA256":               "AES128-GCM-SHA256",
	"TLS_RSA_WITH_AES_256_GCM_SHA384":               "AES256-GCM-SHA384",
	"TLS_RSA_WITH_NULL_SHA256":                      "NULL-SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA":          "ECDHE-ECDSA-AES128-SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA":          "ECDHE-ECDSA-AES256-SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256":       "ECDHE-ECDSA-AES128-SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256":       "ECDHE-ECDSA-AES128-GCM-SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384":       "ECDHE-ECDSA-AES256-GCM-SHA384",
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CCM":              "ECDHE-ECDSA-AES128-CCM",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CCM":              "ECDHE-ECDSA-AES256-CCM",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8":            "ECDHE-ECDSA-AES128-CCM8",
	"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA":            "ECDHE-RSA-AES128-SHA",
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA":            "ECDHE-RSA-AES256-SHA",
	"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256":         "ECDHE-RSA-AES128-SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384":         "ECDHE-RSA-AES256-SHA384",
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256":         "ECDHE-RSA-AES128-GCM-SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384":         "ECDHE-RSA-AES256-GCM-SHA384",
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256":   "ECDHE-RSA-CHACHA20-POLY1305",
	"TLS_ECDHE_RSA_WITH_NULL_SHA":                   "ECDHE-RSA-NULL-SHA",
}

// Why nginx has no other suite.
const (
	notBuilt = "OpenSSL is built without it since 1.1.0 (enable-weak-ssl-ciphers)"
	noParam  = "it takes a ssl_dhparam file, of which a world says nothing"
	noKey    = "nginx has a certificate and no other way to show who it is"
)

var refusedSuites = map[string]string{
	"TLS_RSA_EXPORT_WITH_RC4_40_MD5":      notBuilt,
	"TLS_RSA_WITH_RC4_128_MD5":            notBuilt,
	"TLS_RSA_WITH_RC4_128_SHA":            notBuilt,
	"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA":    notBuilt,
	"TLS_ECDHE_RSA_WITH_RC4_128_SHA":      notBuilt,
	"TLS_RSA_WITH_3DES_EDE_CBC_SHA":       notBuilt,
	"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA": notBuilt,
	"TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA":   notBuilt,
	"TLS_DHE_RSA_WITH_AES_128_CBC_SHA":    noParam,
	"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256": noParam,
	"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384": noParam,
	"TLS_DH_anon_WITH_AES_128_GCM_SHA256": noKey,
	"TLS_PSK_WITH_AES_128_GCM_SHA256":     noKey,
}

// opensslGroups are OpenSSL's names of key exchange groups that OpenSSL 1.1.1
// and later have.
var opensslGroups = map[string]string{
	"X25519": "X25519", "X448": "X448", "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1",
}

// refusedGroups are those that not every OpenSSL has, and why.
var refusedGroups = map[string]string{
	"X25519MLKEM768": "it takes OpenSSL 3.5",
	"ffdhe2048":      "it takes OpenSSL 3.0 and nginx takes elliptic curves alone",
}

// opensslSignatures are OpenSSL's names of signature schemes
// (SSL_CTX_set1_sigalgs_list(3)).
var opensslSignatures = map[string]string{
	"rsa_pkcs1_sha1":         "RSA+SHA1",
	"rsa_pkcs1_sha256":       "RSA+SHA256",
	"rsa_pss_rsae_sha256":    "RSA-PSS+SHA256",
	"ecdsa_sha1":             "ECDSA+SHA1",
	"ecdsa_secp256r1_sha256": "ECDSA+SHA256",
}
