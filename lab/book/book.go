// Package book writes the catalogue as pages in Markdown: a page a scenario,
// indexes, and what the recorded runs say of causes, claims and releases. What
// a page says that go prints comes from a recorded run.
package book

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/recorded"
	"github.com/tlslab/tlslab/scenarios"
)

// Book is what the pages are made of.
type Book struct {
	Scenarios []*scenarios.Scenario // by ID
	Claims    []scenarios.Claim
	Lists     scenarios.Lists
	Run       *recorded.Run // of every trial
	Releases  *recorded.Run // of the broken worlds, by release
}

// Pages gives the content of every file by its path below the folder of
// documents, with slashes. An error names a trial that no recorded run has, or
// one that deviated in it.
func (b *Book) Pages() (map[string][]byte, error) {
	if err := b.complete(); err != nil {
		return nil, err
	}
	pages := map[string][]byte{
		"catalogue/README.md":   b.index(),
		"catalogue/by-error.md": b.byError(),
		"causes.md":             b.causes(),
		"claims.md":             b.claims(),
		"releases.md":           b.releases(),
		"coverage.md":           b.coverage(),
	}
	for _, s := range b.Scenarios {
		pages["catalogue/"+s.ID+".md"] = b.scenario(s)
	}
	return pages, nil
}

// complete says whether there is a record for every trial.
func (b *Book) complete() error {
	for _, c := range lab.Cases(b.Scenarios...) {
		r, ok := b.Run.Find(c.Scenario.ID, c.Name())
		switch {
		case !ok:
			return fmt.Errorf("no recorded run has %s %s; record the catalogue (make record)", c.Scenario.ID, c.Name())
		case r.Verdict == lab.Deviates:
			return fmt.Errorf("%s %s deviated when it was recorded: %s", c.Scenario.ID, c.Name(), r.Why)
		}
	}
	return nil
}

// measured says what a page's texts were measured with.
func measured(h recorded.Header) string {
	return fmt.Sprintf("Measured on %s with %s on %s, git %s.", h.Date, h.Go, h.System, h.Git)
}

// page is a Markdown file that is being written.
type page struct{ bytes.Buffer }

// generated stands at the end of every page.
const generated = "\n<!-- Written by `make docs` from the scenarios and a recorded run. -->\n"

func (p *page) f(format string, args ...any) { fmt.Fprintf(&p.Buffer, format, args...) }

func (p *page) done() []byte {
	p.WriteString(generated)
	return p.Bytes()
}

// code writes a block of text as it is.
func (p *page) code(text string) {
	p.f("\n```text\n%s\n```\n", strings.TrimRight(text, "\n"))
}

// cell is text for the cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(strings.TrimSpace(text))
}

// quote is text as code, in a table as well.
func quote(text string) string {
	fence := "`"
	if strings.Contains(text, "`") {
		fence = "``"
	}
	return fence + cell(text) + fence
}

// link leads from the page at from to a scenario's page.
func link(from, id string) string {
	up := strings.Repeat("../", strings.Count(from, "/"))
	return fmt.Sprintf("[%s](%scatalogue/%s.md)", id, up, id)
}

// trial links to a trial of a scenario.
func trial(from string, r scenarios.Reference) string {
	text := link(from, r.Scenario())
	if r.Trial() != lab.Broken {
		text += " " + quote(r.Trial())
	}
	return text
}

// familyOf is the folder of a scenario.
func familyOf(s *scenarios.Scenario) string { return path.Dir(s.ID) }
