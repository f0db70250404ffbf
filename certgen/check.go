package certgen

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a spec. It is an error.
type Problem struct {
	Certificate string // the certificate's name in the set
	Field       string // the field's key in JSON or YAML; empty for the name itself
	Message     string // what was found and what was expected
}

// Error names the certificate and the field before the message.
func (p Problem) Error() string {
	if p.Field == "" {
		return fmt.Sprintf("certificate %s: %s", p.Certificate, p.Message)
	}
	return fmt.Sprintf("certificate %s: %s: %s", p.Certificate, p.Field, p.Message)
}

// Check returns everything that is wrong with specs, by certificate name: the
// reasons why [Generate] would refuse them. What is merely unsound, such as a
// negative serial or an issuer without CA:TRUE, is no problem. It does no I/O
// and generates no key.
func Check(specs map[string]Spec) []Problem {
	_, problems := readAll(specs)
	return problems
}

// readAll reads specs and ties them to each other; both results are sorted by
// certificate name. The plans are whole only where there are no problems.
func readAll(specs map[string]Spec) ([]*plan, []Problem) {
	names := sortedKeys(specs)
	problems := sameFile(names)
	plans := make([]*plan, len(names))
	l := linker{plans: make(map[string]*plan, len(names))}
	for i, name := range names {
		r := reader{certificate: name}
		plans[i] = r.read(name, specs[name])
		l.plans[name] = plans[i]
		problems = append(problems, r.problems...)
	}
	for _, p := range plans {
		problems = append(problems, l.link(p)...)
	}
	for _, p := range plans {
		problems = append(problems, p.chooseSignature()...)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.Certificate, b.Certificate) })
	return plans, problems
}

// sameFile finds names that are one on a file system without case.
func sameFile(names []string) []Problem {
	var problems []Problem
	seen := make(map[string]string, len(names))
	for _, name := range names {
		folded := strings.ToLower(name)
		if other, ok := seen[folded]; ok {
			problems = append(problems, Problem{name, "", fmt.Sprintf("the name differs from %s only in case: choose another one", other)})
		}
		seen[folded] = name
	}
	return problems
}

// linker ties plans to their issuers and the owners of their keys.
type linker struct{ plans map[string]*plan }

func (l linker) link(p *plan) []Problem {
	var problems []Problem
	note := func(field, message string) {
		problems = append(problems, Problem{p.name, field, message})
	}
	if p.issuerName != "" {
		if issuer := l.plans[p.issuerName]; issuer != nil {
			p.issuer = issuer
		} else {
			note("issuer", unknown("certificate", p.issuerName, l.others(p)))
		}
	}
	if p.ownerOf != "" && l.plans[p.ownerOf] == nil {
		note("key-of", unknown("certificate", p.ownerOf, l.others(p)))
	}
	if cycle := l.cycle(p, func(p *plan) string { return p.issuerName }); cycle != "" {
		note("issuer", fmt.Sprintf("nobody signs the first of a circle (%s): leave one issuer out for a self-signed certificate", cycle))
	}
	if cycle := l.cycle(p, func(p *plan) string { return p.ownerOf }); cycle != "" {
		note("key-of", fmt.Sprintf("nobody owns the key of a circle (%s): leave one key-of out", cycle))
	}
	p.keyOwner = l.owner(p)
	return problems
}

func (l linker) others(p *plan) []string {
	return slices.DeleteFunc(sortedKeys(l.plans), func(name string) bool { return name == p.name })
}

// cycle follows next from p and describes the way where it comes back to p.
func (l linker) cycle(p *plan, next func(*plan) string) string {
	way := []string{p.name}
	for at := p; len(way) <= len(l.plans); {
		name := next(at)
		if at = l.plans[name]; name == "" || at == nil {
			return ""
		}
		if way = append(way, name); at == p {
			return strings.Join(way, " → ")
		}
	}
	return ""
}

// owner follows key-of to the certificate that has a key of its own. On the
// way into a circle there is none, and p stands for it.
func (l linker) owner(p *plan) *plan {
	at := p
	for range l.plans {
		if at.ownerOf == "" {
			return at
		}
		next := l.plans[at.ownerOf]
		if next == nil {
			return at
		}
		at = next
	}
	return p
}

// chooseSignature settles how p is signed, once all keys are known.
func (p *plan) chooseSignature() []Problem {
	var err error
	p.signature, err = signatureWith(p.signatureWord, p.issuer.keyOwner.key)
	if err != nil {
		return []Problem{{p.name, "signature", err.Error()}}
	}
	return nil
}

// join makes one error of problems, nil where there are none.
func join(problems []Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}
