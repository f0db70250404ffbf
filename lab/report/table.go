package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// Table writes trials as they come, a block a scenario, and those of each of
// several releases under its name. It is not safe for concurrent use.
type Table struct {
	paper    *Paper
	tool     lab.Tool
	last     string
	releases []string
	tallies  map[string]tally // by release
	seen     map[string]bool  // scenarios
}

// tally counts trials.
type tally map[lab.Verdict]int

// NewTable makes a table on p.
func NewTable(p *Paper) *Table {
	return &Table{paper: p, tallies: map[string]tally{}, seen: map[string]bool{}}
}

// Add writes one trial. The trials of a scenario must follow each other, and so
// must those with a tool, which all cases of several releases name.
func (t *Table) Add(c lab.Case, trial lab.Trial) {
	if t.tallies[trial.Go] == nil {
		t.releases = append(t.releases, trial.Go)
		t.tallies[trial.Go] = tally{}
	}
	t.tallies[trial.Go][trial.Verdict]++
	if c.Tool != t.tool {
		t.tool, t.last = c.Tool, ""
		t.release(trial.Go)
	}
	if trial.Scenario != t.last {
		t.last = trial.Scenario
		t.seen[trial.Scenario] = true
		t.heading(c.Scenario)
	}
	t.row(c, trial)
}

// release begins the trials of one of several releases.
func (t *Table) release(name string) {
	t.paper.printf("\n%s\n", t.paper.in(bold, name+" "+strings.Repeat("─", max(0, t.paper.width-len(name)-1))))
}

// heading has the ID at the left and the cause at the right edge.
func (t *Table) heading(s *scenarios.Scenario) {
	gap := t.paper.width - utf8.RuneCountInString(s.ID) - utf8.RuneCountInString(string(s.Cause))
	t.paper.printf("\n%s%s%s\n", t.paper.in(bold, s.ID), strings.Repeat(" ", max(2, gap)), t.paper.in(dim, string(s.Cause)))
}

var marks = map[lab.Verdict]struct {
	sign string
	style
}{
	lab.AsExpected: {"✓", green},
	lab.Deviates:   {"✗", red},
	lab.Skipped:    {"–", yellow},
}

const idWidth = 32

func (t *Table) row(c lab.Case, trial lab.Trial) {
	mark := marks[trial.Verdict]
	t.paper.printf("  %s ", t.paper.in(mark.style, mark.sign))
	switch {
	case c.Fix != nil:
		t.paper.printf("fix    %s %s %s\n", pad(c.Fix.ID, idWidth), pad(string(c.Fix.By), 8), t.effect(c.Fix, trial))
	case c.Myth != nil:
		t.paper.printf("myth   %s %s\n", pad(c.Myth.ID, idWidth), t.refutation(trial))
	default:
		t.broken(trial)
	}
	if trial.Why != "" {
		t.paper.paragraph("           ", string(trial.Verdict)+": "+trial.Why)
	}
}

// broken shows the failure in short, wrapped below itself.
func (t *Table) broken(trial lab.Trial) {
	label, text := "error  ", Reason(trial.Stderr)
	switch {
	case trial.Verdict == lab.Skipped:
		label, text = "error  ", "not played"
	case trial.Outcome == lab.Succeeded:
		label, text = "works  ", "go is not stopped by this"
	}
	for i, line := range wrap(text, t.paper.width-11) {
		if i > 0 {
			label = strings.Repeat(" ", 11)
		}
		t.paper.printf("%s%s\n", label, line)
	}
}

// effect tells what the attacks on a fix achieved, or for a release that is not
// one of its own, that it ended nothing.
func (t *Table) effect(fix *scenarios.Fix, trial lab.Trial) string {
	if trial.Verdict == lab.AsExpected && trial.Outcome == lab.Failed {
		if fix.Go == "" {
			return "does not help with " + trial.Go
		}
		return "does not help; works with go " + fix.Go
	}
	var open []string
	if trial.Impostor == lab.Accepted {
		open = append(open, string(scenarios.Impostor))
	}
	if trial.Tampering == lab.Accepted {
		open = append(open, string(scenarios.Tampering))
	}
	switch {
	case trial.Impostor == "":
		return ""
	case open == nil:
		return t.paper.in(green, "safe")
	}
	return t.paper.in(red, "UNSAFE: lets "+strings.Join(open, " and ")+" in")
}

func (t *Table) refutation(trial lab.Trial) string {
	switch {
	case trial.Verdict != lab.AsExpected:
		return ""
	case trial.Outcome == lab.Failed:
		return "does not help"
	}
	return "makes no difference"
}

// Summary closes the table.
func (t *Table) Summary(runs int64, wall time.Duration) {
	whole, total := tally{}, 0
	for _, one := range t.tallies {
		for verdict, n := range one {
			whole[verdict] += n
			total += n
		}
	}
	t.paper.printf("\n✓ as the scenario says   ✗ deviates   – skipped\n")
	if len(t.releases) > 1 {
		for _, name := range t.releases {
			t.paper.printf("%s %s\n", pad(name, releaseWidth), t.verdicts(t.tallies[name]))
		}
	}
	t.paper.printf("%s, %s: %s\n", count(len(t.seen), "scenario"), count(total, "trial"), t.verdicts(whole))
	t.paper.printf("%s of the command in %s\n", count(int(runs), "run"), wall.Round(10*time.Millisecond))
}

// releaseWidth fits a release such as go1.14.15.
const releaseWidth = 10

func (t *Table) verdicts(of tally) string {
	parts := []string{t.paper.in(green, fmt.Sprintf("%d as expected", of[lab.AsExpected]))}
	if n := of[lab.Deviates]; n > 0 {
		parts = append(parts, t.paper.in(red, fmt.Sprintf("%d deviate", n)))
	}
	if n := of[lab.Skipped]; n > 0 {
		parts = append(parts, t.paper.in(yellow, fmt.Sprintf("%d skipped", n)))
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Reason is the stretch of standard error that tells the cause: the last line
// without what go was fetching.
func Reason(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	line := lines[len(lines)-1]
	for _, l := range lines {
		if strings.Contains(l, `": `) {
			line = l
			break
		}
	}
	if at := strings.Index(line, `": `); at >= 0 && strings.Contains(line[:at], "://") {
		return line[at+3:]
	}
	return strings.TrimSpace(line)
}
