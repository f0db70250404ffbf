package book

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// index lists the catalogue by family.
func (b *Book) index() []byte {
	p := &page{}
	const at = "catalogue/README"
	fixes, myths := 0, 0
	for _, s := range b.Scenarios {
		fixes, myths = fixes+len(s.Fixes), myths+len(s.Myths)
	}
	p.f("# The catalogue\n\n")
	p.f("%d scenarios with %d fixes, each tried and attacked, and %d pieces of advice that do not help.\n", len(b.Scenarios), fixes, myths)
	p.f("%s\n\nAlso [by error text](by-error.md) and [by cause](../causes.md).\n", measured(b.Run.Header))
	family := ""
	for _, s := range b.Scenarios {
		if f := familyOf(s); f != family {
			family = f
			p.f("\n## %s\n\n| scenario | what is broken | fixes | myths |\n|---|---|---|---|\n", family)
		}
		p.f("| %s | %s | %d | %d |\n", link(at, s.ID), cell(s.Title), len(s.Fixes), len(s.Myths))
	}
	return p.done()
}

// byError lists the texts that go printed, and which scenarios print each.
func (b *Book) byError() []byte {
	p := &page{}
	const at = "catalogue/by-error"
	p.f("# Errors, and what they can mean\n\n")
	p.f("The end of the line that go prints, without the address in front. %s What varies stands in braces.\n", measured(b.Run.Header))
	ids := map[string][]string{}
	for _, s := range b.Scenarios {
		for _, text := range b.printed(s) {
			ids[text] = append(ids[text], s.ID)
		}
	}
	for _, text := range slices.SortedFunc(maps.Keys(ids), compareTexts) {
		p.f("\n%s\n\n", quote(text))
		for _, id := range ids[text] {
			p.f("- %s: %s\n", link(at, id), b.find(id).Title)
		}
	}
	return p.done()
}

// printed are the lines by which a scenario is known, as its record has them.
func (b *Book) printed(s *scenarios.Scenario) []string {
	r, _ := b.Run.Find(s.ID, lab.Broken)
	for _, e := range (lab.Case{Scenario: s}).Expected(r.Go) {
		if r.Outcome == lab.Failed && lab.Explains(scenarios.Expectations{e}, r) == "" {
			var lines []string
			for _, line := range slices.Concat(e.Stderr, e.Stdout) {
				lines = append(lines, lab.AnyDate(line))
			}
			return lines
		}
	}
	return nil
}

// compareTexts orders texts by their letters, and by case where those are the
// same.
func compareTexts(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}

func (b *Book) find(id string) *scenarios.Scenario {
	i := slices.IndexFunc(b.Scenarios, func(s *scenarios.Scenario) bool { return s.ID == id })
	return b.Scenarios[i]
}

// causes is the closed list, by family.
func (b *Book) causes() []byte {
	p := &page{}
	const at = "causes"
	p.f("# Causes\n\n")
	p.f("The closed list of reasons for which the catalogue's scenarios fail. `tlslab` prints these words, and other tools may.\n")
	family := ""
	for _, c := range scenarios.Causes() {
		if f := c.Family(); f != family {
			family = f
			p.f("\n## %s\n", family)
		}
		p.f("\n### %s\n\n%s\n", c, c.Sentence())
		b.marks(p, c)
		for _, s := range b.Scenarios {
			if s.Cause == c {
				p.f("- %s: %s\n", link(at, s.ID), s.Title)
			}
		}
	}
	return p.done()
}

// marks tells a cause from those that print the same text.
func (b *Book) marks(p *page, c scenarios.Cause) {
	twins := scenarios.Twins(c)
	if len(twins) > 0 {
		var names []string
		for _, t := range twins {
			names = append(names, "["+string(t)+"](#"+string(t)+")")
		}
		p.f("\nPrints the same text as %s. What shows that it is this one: %s\n", strings.Join(names, ", "), strings.Join(scenarios.Marks(c), " "))
	}
	p.f("\n")
}
