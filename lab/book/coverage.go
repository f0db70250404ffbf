package book

import (
	"strings"

	"github.com/tlslab/tlslab/scenarios"
)

// coverage holds the catalogue against lists.
func (b *Book) coverage() []byte {
	p := &page{}
	p.f("# What is covered\n\n")
	p.f("Each entry of badssl.com that is not about browsers, then each condition that the go command meets, and the trials that play it; or why go cannot meet it, and what was done instead.\n")
	p.f("\n## badssl.com\n\n| entry | here |\n|---|---|\n")
	p.covered(b.Lists.BadSSL)
	p.f("\n## What go meets\n\n| condition | here |\n|---|---|\n")
	p.covered(b.Lists.Facts)
	return p.done()
}

// covered writes the rows of a list.
func (p *page) covered(list []scenarios.Coverage) {
	const at = "coverage"
	for _, c := range list {
		var here []string
		for _, r := range c.Trials {
			here = append(here, trial(at, r))
		}
		text := strings.Join(here, ", ")
		if c.Instead != "" {
			text = strings.TrimPrefix(text+". "+c.Instead, ". ")
		}
		p.f("| %s | %s |\n", cell(c.Entry), cell(text))
	}
}
