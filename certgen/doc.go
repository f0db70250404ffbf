// Package certgen makes sets of X.509 certificates, sound and broken: a typed
// description in, signed certificates and their keys out.
//
// crypto/x509 creates only certificates that it thinks sound. A lab needs the
// others too, so every certificate here, good or bad, takes the same way: its
// TBSCertificate is encoded field by field from a [Spec] (RFC 5280, section
// 4.1) and signed. For sound specs the result is what crypto/x509 would have
// encoded, which a test holds.
package certgen
