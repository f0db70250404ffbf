package certgen

import (
	"fmt"
	"maps"
	"time"
)

// Issue makes one more certificate, as an authority does at run time: spec can
// name certificates of s as its issuer and as the owner of its key. Relative
// moments count from now. s does not change, so that what is issued cannot be
// an issuer in turn. The error joins the [Problem] values of spec; a name that
// s has already is one of them.
//
// A key is fresh, but an RSA key is the first one of its size that s leaves in
// the pool of [Generate]: all RSA certificates of one size that are issued from
// a set share their key.
func (s *Set) Issue(name string, spec Spec, now time.Time) (*Certificate, error) {
	p, problems := s.read(name, spec)
	if err := join(problems); err != nil {
		return nil, err
	}
	if err := generateKeys([]*plan{p}, maps.Clone(s.rsaTaken)); err != nil {
		return nil, err
	}
	return p.generate(now)
}

// CheckIssue returns everything for which [Set.Issue] would refuse spec with a
// set that was generated from specs. Specs of which [Check] reports problems
// are taken as they are. It does no I/O and generates no key.
func CheckIssue(specs map[string]Spec, name string, spec Spec) []Problem {
	plans, _ := readAll(specs)
	s := &Set{plans: make(map[string]*plan, len(plans))}
	for _, p := range plans {
		s.plans[p.name] = p
	}
	_, problems := s.read(name, spec)
	return problems
}

// read reads spec and ties it to the certificates of s. The plan is whole only
// where there are no problems.
func (s *Set) read(name string, spec Spec) (*plan, []Problem) {
	if s.plans[name] != nil {
		return nil, []Problem{{name, "", fmt.Sprintf("there is a certificate %s already: choose another name", name)}}
	}
	r := reader{certificate: name}
	p := r.read(name, spec)
	l := linker{plans: maps.Clone(s.plans)}
	l.plans[name] = p
	problems := append(sameFile(sortedKeys(l.plans)), r.problems...)
	problems = append(problems, l.link(p)...)
	return p, append(problems, p.chooseSignature()...)
}
