package certgen

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
)

// Load is [Generate] for certificates that [Set.Write] has written below dir:
// nothing is made, whatever the time is. A key that is not there is missed
// only where it is needed: [Certificate.Key] is nil, and what would have to
// sign with it is an error. That of a certificate with key-of is its own file.
func Load(specs map[string]Spec, dir fs.FS) (*Set, error) {
	plans, problems := readAll(specs)
	if err := join(problems); err != nil {
		return nil, err
	}
	s := &Set{
		certificates: make(map[string]*Certificate, len(plans)),
		plans:        make(map[string]*plan, len(plans)),
		rsaTaken:     keyring{},
	}
	for _, p := range plans {
		c, err := p.load(dir)
		if err != nil {
			return nil, err
		}
		s.plans[p.name], s.certificates[p.name] = p, c
	}
	return s, nil
}

// load reads the two files of one certificate.
func (p *plan) load(dir fs.FS) (*Certificate, error) {
	c := &Certificate{Name: p.name, Issuer: p.issuer.name, Subject: p.subjectDN, issuerDN: p.issuer.subjectDN}
	var err error
	if c.Raw, err = readBlock(dir, p.name+".crt", "CERTIFICATE"); err != nil {
		return nil, err
	}
	if parsed, err := c.Parse(); err == nil { // else it is broken on purpose
		c.NotBefore, c.NotAfter = parsed.NotBefore, parsed.NotAfter
	}
	der, err := readBlock(dir, p.name+".key", "PRIVATE KEY")
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if c.Key, err = parseKey(der); err != nil {
		return nil, fmt.Errorf("%s.key: %w", p.name, err)
	}
	if p.keyOwner == p {
		p.pair, err = newKeyPair(c.Key)
	}
	return c, err
}

func readBlock(dir fs.FS, name, label string) ([]byte, error) {
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != label {
		return nil, fmt.Errorf("%s: expected one PEM block %s", name, label)
	}
	return block.Bytes, nil
}

// parseKey reads what marshalKey writes.
func parseKey(der []byte) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	if key, ok := key.(*rsa.PrivateKey); ok && (key.N.BitLen() < 1024 || len(key.Primes) > 2) {
		return oddRSAKey{key}, nil
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T, which does not sign", key)
	}
	return signer, nil
}

// missingKey is the error of what would have to sign with a key that was not
// loaded.
func missingKey(name string) error {
	return fmt.Errorf("certificate %s: its key is not here: expected a file %s.key", name, name)
}
