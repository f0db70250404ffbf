package book

import (
	"strings"
)

// coverage holds the catalogue against the lists of others.
func (b *Book) coverage() []byte {
	p := &page{}
	const at = "coverage"
	p.f("# The lists of others\n\n")
	p.f("Each entry of badssl.com that is not about browsers, and the scenario that has it; or why go cannot meet it, and what was done instead.\n")
	p.f("\n| entry | here |\n|---|---|\n")
	for _, c := range b.Coverage {
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
	return p.done()
}
