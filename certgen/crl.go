package certgen

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// RevocationList is a CRL (RFC 5280, section 5) of the issuer of the
// certificates that are called names, in a block X509 CRL. It lists them as
// revoked an hour before now and is due again after seven days. It is an error
// where names is empty or unknown, where they have several issuers, or where
// crypto/x509 cannot read them or sign for their issuer.
func (s *Set) RevocationList(names []string, now time.Time) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(7 * 24 * time.Hour)}
	var issuer *Certificate
	for _, name := range names {
		c, err := s.lookup(name)
		if err != nil {
			return nil, err
		}
		if issuer != nil && issuer.Name != c.Issuer {
			return nil, fmt.Errorf("%s is issued by %s, expected %s as for the others: a list is of one issuer", name, c.Issuer, issuer.Name)
		}
		issuer = s.certificates[c.Issuer]
		parsed, err := c.Parse()
		if err != nil {
			return nil, fmt.Errorf("certificate %s: reading the serial number: %w", name, err)
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: parsed.SerialNumber, RevocationTime: list.ThisUpdate,
		})
	}
	if issuer == nil {
		return nil, errors.New("a revocation list of nobody: expected the names of revoked certificates")
	}
	if issuer.Key == nil {
		return nil, missingKey(issuer.Name)
	}
	authority, err := issuer.Parse()
	if err != nil {
		return nil, fmt.Errorf("certificate %s: reading the issuer of a revocation list: %w", issuer.Name, err)
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, authority, issuer.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: signing a revocation list: %w", issuer.Name, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}
