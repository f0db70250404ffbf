package endpoint

import (
	"crypto/tls"
	"fmt"
	"slices"

	"github.com/tlslab/tlslab/scenarios"
)

// setSignatures narrows what certificate's key signs handshakes with. That this
// process cannot sign so at all is an error: crypto/tls would answer every
// client with an alert, also those who could go on.
func setSignatures(certificate *tls.Certificate, t *scenarios.TLS) error {
	if t == nil || len(t.Signatures) == 0 {
		return nil
	}
	err := each("signature scheme", t.Signatures, scenarios.SignatureSchemes(), &certificate.SupportedSignatureAlgorithms)
	if err != nil {
		return err
	}
	able := tls.ClientHelloInfo{
		SupportedVersions: []uint16{tls.VersionTLS12},
		SignatureSchemes:  certificate.SupportedSignatureAlgorithms,
		SupportedCurves:   []tls.CurveID{tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519},
		SupportedPoints:   []uint8{0}, // uncompressed, RFC 8422, section 5.1.2
	}
	for _, suite := range tls.CipherSuites() {
		able.CipherSuites = append(able.CipherSuites, suite.ID)
	}
	if err := able.SupportsCertificate(certificate); err != nil {
		sha1 := slices.Contains(able.SignatureSchemes, tls.PKCS1WithSHA1) || slices.Contains(able.SignatureSchemes, tls.ECDSAWithSHA1)
		if sha1 {
			return fmt.Errorf("signatures: the key cannot sign with %v: %w; expected GODEBUG=tlssha1=1 in this process's environment or its module's godebug lines", t.Signatures, err)
		}
		return fmt.Errorf("signatures: the key cannot sign with %v: %w", t.Signatures, err)
	}
	return nil
}
