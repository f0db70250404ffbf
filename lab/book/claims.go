package book

import (
	"github.com/tlslab/tlslab/scenarios"
)

// claims is what the articles say, decided.
func (b *Book) claims() []byte {
	p := &page{}
	const at = "claims"
	p.f("# What articles say, decided\n\n")
	p.f("Each row is something that articles on go and TLS state, recommend or describe, in our words. The trials beside it decided it: where they end as the scenario says, the claim holds, fails, or is half true.\n")
	p.f("%s `tlslab run --claims` plays them on your machine.\n", measured(b.Run.Header))
	p.f("\n| # | the article says | kind | decision | by |\n|---|---|---|---|---|\n")
	for _, c := range b.Claims {
		p.f("| %s | %s%s | %s | **%s** | %s |\n", c.ID, cell(c.Says), but(c), c.Kind, c.Decision(), b.deciding(at, c))
	}
	return p.done()
}

func but(c scenarios.Claim) string {
	if c.But == "" {
		return ""
	}
	return " *" + cell(c.But) + "*"
}

// deciding are the trials that decide a claim; of one that is half true, those
// on each side.
func (b *Book) deciding(at string, c scenarios.Claim) string {
	text := ""
	for i, side := range [][]scenarios.Reference{c.Holds, c.Fails} {
		if len(side) == 0 {
			continue
		}
		if c.Decision() == scenarios.Half {
			text += []string{"holds: ", " fails: "}[i]
		}
		for j, r := range side {
			if j > 0 {
				text += ", "
			}
			text += trial(at, r) + b.unplayed(r)
		}
	}
	return text
}

// unplayed says of a trial that its record has no measurement.
func (b *Book) unplayed(r scenarios.Reference) string {
	if record, _ := b.Run.Find(r.Scenario(), r.Trial()); record.Outcome == "" {
		return " (not measured here: " + cell(record.Why) + ")"
	}
	return ""
}
