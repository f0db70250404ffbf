package report

import (
	"fmt"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// Claims writes each claim with the decision that its trials, played just now,
// came to, and says whether all of them ended as the catalogue says.
func Claims(p *Paper, claims []scenarios.Claim, trials []lab.Trial) (asExpected bool) {
	played := map[scenarios.Reference]lab.Trial{}
	for _, t := range trials {
		played[reference(t.Scenario, t.Trial)] = t
	}
	asExpected = true
	tally := map[scenarios.Decision]int{}
	for _, c := range claims {
		decision := decide(c, played)
		tally[decision]++
		mark := marks[lab.AsExpected]
		switch decision {
		case undecided:
			mark, asExpected = marks[lab.Deviates], false
		case notPlayed:
			mark = marks[lab.Skipped]
		}
		p.printf("\n")
		p.paragraph(fmt.Sprintf("%3s  %s ", c.ID, p.in(mark.style, pad(string(decision), len(undecided)))), c.Says)
		for _, side := range []struct {
			says string
			by   []scenarios.Reference
		}{{"holds", c.Holds}, {"fails", c.Fails}} {
			for _, r := range side.by {
				p.decided(side.says, played[reference(r.Scenario(), r.Trial())])
			}
		}
		if c.But != "" {
			p.paragraph("     ", c.But)
		}
	}
	p.printf("\n%s: %s\n", count(len(claims), "claim"), tallied(tally))
	return asExpected
}

func tallied(tally map[scenarios.Decision]int) string {
	var parts []string
	for _, d := range []struct {
		scenarios.Decision
		plural string
	}{{scenarios.Holds, "hold"}, {scenarios.Half, "half true"}, {scenarios.Fails, "fail"}, {undecided, "undecided"}, {notPlayed, "skipped"}} {
		if n := tally[d.Decision]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, d.plural))
		}
	}
	return strings.Join(parts, ", ")
}

func reference(scenario, trial string) scenarios.Reference {
	return scenarios.Reference(scenario + " " + trial)
}

// What can become of a claim beside what [scenarios.Claim.Decision] says.
const (
	undecided scenarios.Decision = "undecided" // a trial deviates
	notPlayed scenarios.Decision = "skipped"   // all trials of it were
)

func decide(c scenarios.Claim, played map[scenarios.Reference]lab.Trial) scenarios.Decision {
	left := scenarios.Claim{}
	for i, side := range [][]scenarios.Reference{c.Holds, c.Fails} {
		for _, r := range side {
			switch t := played[reference(r.Scenario(), r.Trial())]; {
			case t.Verdict == lab.Deviates:
				return undecided
			case t.Verdict == lab.AsExpected && i == 0:
				left.Holds = append(left.Holds, r)
			case t.Verdict == lab.AsExpected:
				left.Fails = append(left.Fails, r)
			}
		}
	}
	if len(left.Holds)+len(left.Fails) == 0 {
		return notPlayed
	}
	return left.Decision()
}

// decided is a line about one trial: what it says of the claim, or why it says
// nothing.
func (p *Paper) decided(says string, t lab.Trial) {
	mark := marks[t.Verdict]
	p.printf("     %s %s  %s %s\n", p.in(mark.style, mark.sign), says, t.Scenario, t.Trial)
	if t.Why != "" {
		p.paragraph(strings.Repeat(" ", 14), string(t.Verdict)+": "+t.Why)
	}
}
