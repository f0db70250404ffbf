package report

import (
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// entry is a scenario in the list for programs. Its JSON form is a contract.
type entry struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Cause    scenarios.Cause `json:"cause"`
	Family   string          `json:"family"`
	Fixes    []string        `json:"fixes"`
	Myths    []string        `json:"myths"`
	Backends []string        `json:"backends"`
}

// ListJSON writes scenarios as one JSON array.
func ListJSON(w io.Writer, all []*scenarios.Scenario) error {
	entries := []entry{}
	for _, s := range all {
		e := entry{
			ID: s.ID, Title: s.Title, Cause: s.Cause, Family: s.Family(),
			Fixes: []string{}, Myths: []string{}, Backends: append([]string{}, lab.Expressing(s)...),
		}
		for _, f := range s.Fixes {
			e.Fixes = append(e.Fixes, f.ID)
		}
		for _, m := range s.Myths {
			e.Myths = append(e.Myths, m.ID)
		}
		entries = append(entries, e)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(entries)
}

// List writes scenarios for people: in a pipe a line each, whole, to be
// searched; on a terminal that is too narrow for that the title below the ID.
func List(p *Paper, all []*scenarios.Scenario) {
	idWidth, titleWidth := 0, 0
	for _, s := range all {
		idWidth = max(idWidth, utf8.RuneCountInString(s.ID))
		titleWidth = max(titleWidth, utf8.RuneCountInString(s.Title))
	}
	narrow := p.Terminal() && p.width < idWidth+2+titleWidth
	family := ""
	for _, s := range all {
		if s.Family() != family {
			if family != "" {
				p.printf("\n")
			}
			family = s.Family()
		}
		if narrow {
			p.printf("%s\n", p.in(bold, s.ID))
			p.paragraph("  ", s.Title)
			continue
		}
		p.printf("%s  %s\n", p.in(bold, pad(s.ID, idWidth)), s.Title)
	}
	p.printf("\n%s\n", count(len(all), "scenario"))
}

// Checks writes what a machine can do.
func Checks(p *Paper, checks []lab.Check) {
	width := 0
	for _, c := range checks {
		width = max(width, utf8.RuneCountInString(c.Name))
	}
	for _, c := range checks {
		sign, s := "✓", green
		if !c.Passed {
			sign, s = "–", yellow
		}
		p.paragraph(p.in(s, sign)+" "+pad(c.Name, width)+"  ", c.Detail)
	}
}
