package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// link is one certificate in the drawing of a chain.
type link struct {
	name  string
	where string // "sent", "trusted", "sent, trusted", "missing"
	notes []string
}

// drawChain draws the way from a host's certificate to a root: what is sent,
// what the client trusts and what neither end has. The title is the host's.
func (p *Paper) drawChain(w scenarios.World, title string, presents []string, now time.Time) {
	p.printf("\n")
	p.paragraph("  ", title)
	if len(presents) == 0 {
		return
	}
	links := chain(w, presents, now)
	nameWidth := 0
	for _, l := range links {
		nameWidth = max(nameWidth, utf8.RuneCountInString(l.name))
	}
	for i, l := range links {
		if i > 0 {
			p.printf("  %s\n", p.in(dim, strings.Repeat(" ", 15)+"│"))
		}
		p.link(w, l, nameWidth)
	}
	p.strays(w, links, presents)
}

// resigned is the name in a drawing of what a proxy signs.
const resigned = "re-signed"

// drawResigned draws what a client meets in the place of a host's own chain,
// where a proxy has opened the connection.
func (p *Paper) drawResigned(w scenarios.World, name string, proxy scenarios.Proxy, now time.Time) {
	leaf := proxy.Leaf
	leaf.Issuer = proxy.SignsWith
	if leaf.Names == nil {
		leaf.Names = []string{"each host that it intercepts"}
		leaf.Subject = cmp.Or(leaf.Subject, "CN=the host asked for")
	}
	w.Certificates = maps.Clone(w.Certificates)
	w.Certificates[resigned] = leaf
	sends := proxy.Sends
	if sends == nil {
		sends = []string{proxy.SignsWith}
	}
	title := fmt.Sprintf("what %s sends for %s", name, strings.Join(proxy.Intercepts, ", "))
	p.drawChain(w, title, append([]string{resigned}, sends...), now)
}

func (p *Paper) link(w scenarios.World, l link, nameWidth int) {
	sign, s := "●", green
	if l.where == "missing" {
		sign, s = "○", red
	}
	label := fmt.Sprintf("  %s %s  %s  ", p.in(s, pad(l.where, 14)), p.in(s, sign), p.in(bold, pad(l.name, nameWidth)))
	p.printf("%s\n", strings.TrimRight(label+w.Certificates[l.name].SubjectFor(l.name), " "))
	indent := strings.Repeat(" ", 20)
	bar := "  " + p.in(dim, strings.Repeat(" ", 15)+"│") + indent[18:]
	if l.where == "missing" {
		l.notes = append([]string{"neither sent nor trusted"}, l.notes...)
	}
	for _, note := range l.notes {
		p.printf("%s%s\n", bar, p.in(yellow, note))
	}
}

// strays names what is sent or trusted without being part of the chain.
func (p *Paper) strays(w scenarios.World, links []link, presents []string) {
	inChain := func(name string) bool {
		return slices.ContainsFunc(links, func(l link) bool { return l.name == name })
	}
	for _, name := range presents {
		if !inChain(name) {
			p.printf("  %s %s  %s\n", pad("sent as well", 16), name, w.Certificates[name].SubjectFor(name))
		}
	}
	for _, name := range w.Client.Trusts {
		if !inChain(name) {
			p.printf("  %s %s  %s\n", pad("trusted as well", 16), name, w.Certificates[name].SubjectFor(name))
		}
	}
	if len(w.Client.Trusts) == 0 {
		p.printf("  %s\n", p.in(red, "the client's own trust store is empty"))
	}
}

// chain follows the issuers from the end entity that a host presents to the
// self-signed certificate at the end.
func chain(w scenarios.World, presents []string, now time.Time) []link {
	if len(presents) == 0 {
		return nil
	}
	var links []link
	for name := start(w, presents); name != "" && len(links) <= len(w.Certificates); name = w.Certificates[name].Issuer {
		sent, trusted := slices.Contains(presents, name), slices.Contains(w.Client.Trusts, name)
		where := "missing"
		switch {
		case sent && trusted:
			where = "sent, trusted"
		case sent:
			where = "sent"
		case trusted:
			where = "trusted"
		}
		links = append(links, link{name, where, notes(w.Certificates[name], slices.Index(presents, name), len(links), now)})
	}
	return links
}

// start is the certificate that a chain is drawn from: the first presented one
// that issued none of the others.
func start(w scenarios.World, presents []string) string {
	for _, name := range presents {
		issued := slices.ContainsFunc(presents, func(other string) bool {
			return other != name && w.Certificates[other].Issuer == name
		})
		if !issued {
			return name
		}
	}
	return presents[0]
}

// notes are what is peculiar about a certificate, as far as its description
// says so.
func notes(spec certgen.Spec, sentAt, place int, now time.Time) []string {
	var notes []string
	if sentAt >= 0 && sentAt != place {
		notes = append(notes, fmt.Sprintf("sent as number %d", sentAt+1))
	}
	notes = append(notes, validity(spec, now)...)
	if place > 0 && !spec.CA {
		notes = append(notes, "issues certificates without being an authority")
	}
	if place == 0 && len(spec.Names) > 0 {
		notes = append(notes, "for "+strings.Join(spec.Names, ", "))
	}
	if place == 0 && len(spec.Names) == 0 {
		notes = append(notes, "for no name: it has no subject alternative name")
	}
	if spec.PathLength != nil {
		notes = append(notes, fmt.Sprintf("path length %d", *spec.PathLength))
	}
	if len(spec.Excludes) > 0 {
		notes = append(notes, "excludes "+strings.Join(spec.Excludes, ", "))
	}
	if len(spec.Permits) > 0 {
		notes = append(notes, "permits only "+strings.Join(spec.Permits, ", "))
	}
	if spec.Key != "" {
		notes = append(notes, "key "+spec.Key)
	}
	if spec.Signature != "" {
		notes = append(notes, "signed with "+spec.Signature)
	}
	if spec.Version != 0 {
		notes = append(notes, fmt.Sprintf("X.509 version %d", spec.Version))
	}
	return notes
}

func validity(spec certgen.Spec, now time.Time) []string {
	before, errBefore := spec.NotBefore.At(now, now)
	after, errAfter := spec.NotAfter.At(now, now)
	switch {
	case spec.NotAfter != "" && errAfter == nil && after.Before(now):
		return []string{"expired (not after " + string(spec.NotAfter) + ")"}
	case spec.NotBefore != "" && errBefore == nil && before.After(now):
		return []string{"not yet valid (not before " + string(spec.NotBefore) + ")"}
	}
	return nil
}
