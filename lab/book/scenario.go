package book

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

// scenario is the page of one scenario.
func (b *Book) scenario(s *scenarios.Scenario) []byte {
	p := &page{}
	at := "catalogue/" + s.ID
	p.f("# %s\n\n", s.Title)
	p.f("`%s` · cause: [%s](../../causes.md#%s) · [the file](../../../scenarios/catalogue/%s.yaml)\n", s.ID, s.Cause, s.Cause, s.ID)
	b.see(p, s)
	p.f("\n## Why\n\n%s\n", strings.TrimSpace(s.About))
	b.chain(p, s)
	b.beSure(p, at, s)
	b.fixes(p, s)
	b.myths(p, s)
	if len(s.Seen) > 0 {
		p.f("\n## Seen by\n\n")
		for _, thread := range s.Seen {
			p.f("- <%s>\n", thread)
		}
	}
	p.f("\n## Try it\n")
	p.code("tlslab run   " + s.ID + "\ntlslab shell " + s.ID)
	return p.done()
}

// see is what the broken world printed when it was recorded.
func (b *Book) see(p *page, s *scenarios.Scenario) {
	r, _ := b.Run.Find(s.ID, lab.Broken)
	p.f("\n## What you see\n")
	command := "$ " + s.World.Client.Run.String()
	switch {
	case r.Verdict == lab.Skipped:
		p.f("\nNot measured: %s.\n", r.Why)
		return
	case s.Succeeds != "":
		p.code(command + "\n" + r.Stderr)
		p.f("\nIt succeeds. %s\n", strings.TrimSpace(s.Succeeds))
	default:
		p.code(command + "\n" + r.Stdout + r.Stderr)
	}
	if s.Waits != "" {
		p.f("\nIt takes %s, the time that go waits.\n", s.Waits)
	}
	p.f("\n%s What varies stands in braces.\n", measured(b.Run.Header))
	b.otherReleases(p, s)
}

// otherReleases is what older releases print in the same world, where that is
// something else.
func (b *Book) otherReleases(p *page, s *scenarios.Scenario) {
	texts := b.textsByRelease(s.ID)
	if len(texts) < 2 {
		return
	}
	p.f("\n| go | prints |\n|---|---|\n")
	for _, t := range texts {
		p.f("| %s | %s |\n", t.span(), t.show())
	}
}

func (b *Book) chain(p *page, s *scenarios.Scenario) {
	var drawing bytes.Buffer
	report.Drawing(report.NewPaper(&drawing), s.World)
	if text := strings.Trim(drawing.String(), "\n"); text != "" {
		p.f("\n## The world\n")
		p.code(text)
	}
}

// beSure tells the cause from those that print the same text.
func (b *Book) beSure(p *page, at string, s *scenarios.Scenario) {
	twins := scenarios.Twins(s.Cause)
	if len(twins) == 0 || s.Succeeds != "" {
		return
	}
	p.f("\n## How to be sure\n\nOther causes print this text too. What shows that it is this one:\n\n")
	for _, shows := range scenarios.Marks(s.Cause) {
		p.f("- %s\n", shows)
	}
	p.f("\nWhat shows that it is another:\n\n")
	for _, twin := range twins {
		p.f("- [%s](../../causes.md#%s)%s: %s\n", twin, twin, b.example(at, twin), strings.Join(scenarios.Marks(twin), " "))
	}
}

// example links to a scenario of a cause.
func (b *Book) example(at string, c scenarios.Cause) string {
	i := slices.IndexFunc(b.Scenarios, func(s *scenarios.Scenario) bool { return s.Cause == c })
	if i < 0 {
		return ""
	}
	return " (" + link(at, b.Scenarios[i].ID) + ")"
}

func (b *Book) fixes(p *page, s *scenarios.Scenario) {
	if len(s.Fixes) == 0 && s.NoClientFix == "" {
		return
	}
	p.f("\n## What ends it\n")
	for _, f := range s.Fixes {
		r, _ := b.Run.Find(s.ID, "fix:"+f.ID)
		p.f("\n### %s\n\nBy the %s · %s · `%s`\n", f.Title, f.By, safety(r), f.ID)
		if f.About != "" {
			p.f("\n%s\n", strings.TrimSpace(f.About))
		}
		p.f("\n    %s\n", report.Difference(f.Change))
	}
	if s.NoClientFix != "" {
		p.f("\nNothing on the client ends it. %s\n", strings.TrimSpace(s.NoClientFix))
	}
}

// safety tells how the attacks on a fix ended.
func safety(r lab.Record) string {
	var through []string
	if r.Impostor == lab.Accepted {
		through = append(through, "an impostor")
	}
	if r.Tampering == lab.Accepted {
		through = append(through, "a tampered module")
	}
	switch {
	case r.Verdict == lab.Skipped:
		return "not measured: " + r.Why
	case through != nil:
		return "**unsafe**: it lets " + strings.Join(through, " and ") + " in"
	case r.Impostor == "":
		return "not attacked"
	}
	return "safe: an impostor and a tampered module were refused"
}

func (b *Book) myths(p *page, s *scenarios.Scenario) {
	if len(s.Myths) == 0 {
		return
	}
	p.f("\n## What does not help\n")
	broken, _ := b.Run.Find(s.ID, lab.Broken)
	for _, m := range s.Myths {
		p.f("\n### “%s”\n\n", strings.TrimSpace(m.Claim))
		if m.Because != "" {
			p.f("%s\n\n", strings.TrimSpace(m.Because))
		}
		r, _ := b.Run.Find(s.ID, "myth:"+m.ID)
		switch {
		case r.Verdict == lab.Skipped:
			p.f("Not measured: %s. ", r.Why)
		case r.Outcome == lab.Failed && report.Reason(r.Stderr) != report.Reason(broken.Stderr):
			p.f("Then go prints: %s. ", quote(report.Reason(r.Stderr)))
		}
		p.f("`%s`\n\n    %s\n", m.ID, report.Difference(m.Change))
	}
}
