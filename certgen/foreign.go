package certgen

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// readForeign reads a certificate that was made elsewhere and stands in the set
// as it is.
func (r *reader) readForeign(p *plan, spec Spec) {
	if spec.PEM == "" {
		return
	}
	if !reflect.DeepEqual(spec, Spec{PEM: spec.PEM}) {
		r.problem("pem", errors.New("pem is the whole certificate: leave the other fields out"))
	}
	foreign, err := parseForeign(spec.PEM)
	if err != nil {
		r.problem("pem", err)
		return
	}
	p.foreign, p.raw = foreign, foreign.Raw
	p.subject, p.subjectDN = foreign.RawSubject, foreign.Subject.String()
}

// parseForeign parses text with one certificate in it. Explanations around the
// block, as openssl writes them, do not matter (RFC 7468, section 2).
func parseForeign(text string) (*x509.Certificate, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM block found: expected -----BEGIN CERTIFICATE-----, lines of base64 and -----END CERTIFICATE-----, each on lines of their own (in YAML: pem: |)")
	}
	if block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("a PEM block %q: expected CERTIFICATE", block.Type)
	}
	if strings.Contains(string(rest), "-----BEGIN") {
		return nil, errors.New("more than one PEM block: give each certificate a name of its own")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the PEM block is no certificate that crypto/x509 reads: %w", err)
	}
	return certificate, nil
}
