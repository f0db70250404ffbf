package certgen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// Set holds the certificates that were generated from one map of specs. It
// does not change any more and is safe for concurrent use.
type Set struct {
	certificates map[string]*Certificate
	plans        map[string]*plan // of the certificates, with their keys
	rsaTaken     keyring
}

// The default bounds of a certificate's validity.
const (
	defaultAge      = time.Hour
	defaultLifetime = 90 * 24 * time.Hour
)

// Generate makes a certificate for every spec; relative moments count from
// now. The error joins the [Problem] values of [Check], or says which key or
// signature failed.
//
// Keys are fresh, except that RSA keys come from a pool of the process: the
// n-th certificate by name with an RSA key of some size gets the n-th key of
// that size. They differ within a set and are shared among sets. For sets that
// must not share any, see [Set.GenerateApart].
func Generate(specs map[string]Spec, now time.Time) (*Set, error) {
	return generate(specs, now, keyring{})
}

// GenerateApart is [Generate] for a set that shares no key with s, such as
// that of an impostor.
func (s *Set) GenerateApart(specs map[string]Spec, now time.Time) (*Set, error) {
	return generate(specs, now, maps.Clone(s.rsaTaken))
}

func generate(specs map[string]Spec, now time.Time, ring keyring) (*Set, error) {
	plans, problems := readAll(specs)
	if err := join(problems); err != nil {
		return nil, err
	}
	if err := generateKeys(plans, ring); err != nil {
		return nil, err
	}
	s := &Set{
		certificates: make(map[string]*Certificate, len(plans)),
		plans:        make(map[string]*plan, len(plans)),
		rsaTaken:     ring,
	}
	for _, p := range plans {
		s.plans[p.name] = p
		c, err := p.generate(now)
		if err != nil {
			return nil, err
		}
		s.certificates[p.name] = c
	}
	return s, nil
}

// generateKeys makes the keys of all plans that have one of their own.
func generateKeys(plans []*plan, ring keyring) error {
	for _, p := range plans {
		if p.keyOwner != p {
			continue
		}
		var err error
		if p.pair, err = ring.generate(p.key); err != nil {
			return fmt.Errorf("certificate %s: generating the key: %w", p.name, err)
		}
	}
	return nil
}

// generate encodes and signs one certificate. Its issuer's key and subject are
// all that it needs of it, so that the order of issuing does not matter.
func (p *plan) generate(now time.Time) (*Certificate, error) {
	key, issuerKey := p.keyOwner.pair, p.issuer.keyOwner.pair
	for _, owner := range []*plan{p.keyOwner, p.issuer.keyOwner} {
		if owner.pair == nil {
			return nil, missingKey(owner.name)
		}
	}
	valid, err := p.validity(now)
	if err != nil {
		return nil, err
	}
	tbs := p.encodeTBS(key, issuerKey, valid)
	signature, err := p.signature.sign(issuerKey.signer, tbs)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: signing: %w", p.name, err)
	}
	der := encodeCertificate(tbs, p.signature, signature)
	if p.raw != nil {
		der = p.raw
	}
	return &Certificate{
		Name:      p.name,
		Issuer:    p.issuer.name,
		Subject:   p.subjectDN,
		Raw:       append(der, p.trailing...),
		Key:       key.signer,
		NotBefore: valid.notBefore,
		NotAfter:  valid.notAfter,
		issuerDN:  p.issuer.subjectDN,
	}, nil
}

func (p *plan) validity(now time.Time) (validity, error) {
	if p.foreign != nil {
		return validity{p.foreign.NotBefore, p.foreign.NotAfter}, nil
	}
	notBefore, err := p.notBefore.At(now, now.Add(-defaultAge))
	if err != nil {
		return validity{}, Problem{p.name, "not-before", err.Error()}
	}
	notAfter, err := p.notAfter.At(now, now.Add(defaultLifetime))
	if err != nil {
		return validity{}, Problem{p.name, "not-after", err.Error()}
	}
	return validity{notBefore, notAfter}, nil
}

// Certificate returns the certificate of that name, nil where there is none.
func (s *Set) Certificate(name string) *Certificate {
	return s.certificates[name]
}

// Names returns the names of all certificates, sorted.
func (s *Set) Names() []string {
	return sortedKeys(s.certificates)
}

// TLS returns what a server presents: the certificates of chain by name, end
// entity first, and the key of the certificate keyOf, or of the first one
// where that is empty. Leaf is nil, since it may be unparsable on purpose. It
// is an error where chain is empty, a name is not in the set or the key was not
// loaded.
func (s *Set) TLS(chain []string, keyOf string) (tls.Certificate, error) {
	if len(chain) == 0 {
		return tls.Certificate{}, errors.New("a chain without certificates: expected the end entity first")
	}
	var presented tls.Certificate
	for _, name := range chain {
		c, err := s.lookup(name)
		if err != nil {
			return tls.Certificate{}, err
		}
		presented.Certificate = append(presented.Certificate, c.Raw)
	}
	if keyOf == "" {
		keyOf = chain[0]
	}
	owner, err := s.lookup(keyOf)
	if err != nil {
		return tls.Certificate{}, err
	}
	if owner.Key == nil {
		return tls.Certificate{}, missingKey(keyOf)
	}
	presented.PrivateKey = owner.Key
	return presented, nil
}

func (s *Set) lookup(name string) (*Certificate, error) {
	if c := s.certificates[name]; c != nil {
		return c, nil
	}
	return nil, errors.New(unknown("certificate", name, s.Names()))
}

// Write writes each certificate to NAME.crt (mode 0644) and its key to
// NAME.key (mode 0600), both in PEM, below dir, which it makes (mode 0700)
// where it is missing. Files of those names are replaced.
func (s *Set) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, name := range s.Names() {
		c := s.certificates[name]
		if err := replace(filepath.Join(dir, name+".crt"), c.PEM(), 0o644); err != nil {
			return err
		}
		key, err := c.KeyPEM()
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, name+".key"), key, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a new file, so that the mode of an old one, or whoever has it
// open, cannot give a key away.
func replace(path string, data []byte, mode os.FileMode) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
