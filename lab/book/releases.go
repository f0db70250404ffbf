package book

import (
	"go/version"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

// spell is a text and the releases, one after another, that print it.
type spell struct {
	text        string // empty where go is not stopped
	first, last string
}

func (s spell) span() string {
	if s.first == s.last {
		return strings.TrimPrefix(s.first, "go")
	}
	return strings.TrimPrefix(s.first, "go") + " to " + strings.TrimPrefix(s.last, "go")
}

func (s spell) show() string {
	if s.text == "" {
		return "nothing: it succeeds"
	}
	return quote(s.text)
}

// textsByRelease is what a broken world printed with each recorded release, in
// their order. Releases that were skipped are left out.
func (b *Book) textsByRelease(id string) []spell {
	var records []lab.Record
	for _, r := range b.Releases.Trials {
		if r.Scenario == id && r.Trial == lab.Broken && r.Verdict == lab.AsExpected {
			records = append(records, r)
		}
	}
	slices.SortStableFunc(records, func(x, y lab.Record) int { return version.Compare(x.Go, y.Go) })
	var spells []spell
	for _, r := range records {
		text := ""
		if r.Outcome == lab.Failed {
			text = report.Reason(r.Stderr + r.Stdout)
		}
		if n := len(spells); n > 0 && spells[n-1].text == text {
			spells[n-1].last = r.Go
			continue
		}
		spells = append(spells, spell{text, r.Go, r.Go})
	}
	return spells
}

// releases is which release first prints which text, and which switches work
// from when until when.
func (b *Book) releases() []byte {
	p := &page{}
	const at = "releases"
	p.f("# What each release of go prints\n\n")
	h := b.Releases.Header
	p.f("The same broken worlds, played with the releases %s on %s, on %s with git %s.\n", strings.ReplaceAll(h.Go, "go", ""), h.Date, h.System, h.Git)
	wordings(p)
	p.f("\n## Scenario by scenario\n\nWhere not all releases print the same.\n")
	p.f("\n| scenario | go | prints |\n|---|---|---|\n")
	var same []string
	for _, s := range b.Scenarios {
		texts := b.textsByRelease(s.ID)
		if len(texts) == 1 {
			same = append(same, s.ID)
		}
		if len(texts) < 2 {
			continue
		}
		for i, t := range texts {
			name := link(at, s.ID)
			if i > 0 {
				name = ""
			}
			p.f("| %s | %s | %s |\n", name, t.span(), t.show())
		}
	}
	b.switches(p)
	p.f("\n## The same text with every release\n\n")
	for _, id := range same {
		p.f("- %s\n", link(at, id))
	}
	return p.done()
}

// wordings are the changes that reach many scenarios.
func wordings(p *page) {
	p.f("\n## Words that changed\n\n| since | prints | before | why |\n|---|---|---|---|\n")
	for _, w := range scenarios.Wordings() {
		before := "nothing"
		if w.Before != "" {
			before = quote(w.Before)
		}
		p.f("| %s | %s | %s | %s |\n", w.Since, quote(w.Says), before, cell(w.About))
	}
	p.f("\n## Settings that not every release takes\n\n| setting | taken by | others print | why |\n|---|---|---|---|\n")
	for _, s := range scenarios.Settings() {
		var by []string
		if s.Since != "" {
			by = append(by, s.Since+" and later")
		}
		if s.Until != "" {
			by = append(by, "releases before "+s.Until)
		}
		p.f("| %s in %s | %s | %s | %s |\n", quotes(s), s.Env, strings.Join(by, ", "), quote(s.Prints), cell(s.About))
	}
}

// quotes are the forms of a setting.
func quotes(s scenarios.Setting) string {
	if s.Holds != "" {
		return quote(s.Holds)
	}
	var forms []string
	for _, entry := range s.Entries {
		forms = append(forms, quote(entry))
	}
	return strings.Join(forms, ", ")
}
