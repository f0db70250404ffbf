package lab

import (
	"regexp"
	"strings"
	"time"

	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/judge"
	"github.com/tlslab/tlslab/scenarios"
)

// Record is what a trial measured, without what differs from run to run. The
// project's documents are made of records.
type Record struct {
	Scenario  string  `json:"scenario"`
	Trial     string  `json:"trial"`
	Backend   string  `json:"backend"`
	Go        string  `json:"go"`
	Verdict   Verdict `json:"verdict"`
	Why       string  `json:"why,omitempty"`
	Outcome   Outcome `json:"outcome,omitempty"`
	Hung      bool    `json:"hung,omitempty"`   // it had to be killed
	Stdout    string  `json:"stdout,omitempty"` // of a trial that failed
	Stderr    string  `json:"stderr,omitempty"`
	Impostor  Defence `json:"impostor,omitempty"`
	Tampering Defence `json:"tampering,omitempty"`

	// Evidence is that of the broken world alone.
	Evidence map[string]endpoint.Evidence `json:"evidence,omitempty"`
}

// Record gives what is worth keeping of t.
func (t Trial) Record() Record {
	r := Record{
		Scenario: t.Scenario, Trial: t.Trial, Backend: t.Backend, Go: t.Go,
		Verdict: t.Verdict, Why: t.Why, Outcome: t.Outcome, Hung: t.Hung, Stderr: t.Normal,
		Impostor: t.Impostor, Tampering: t.Tampering,
	}
	if t.Outcome == Failed {
		r.Stdout = t.NormalOut
	}
	if t.Trial == Broken {
		r.Evidence = t.Evidence
	}
	return r
}

// recorded is the context in which a record's text can be compared: what
// stands for a time, an address or a home folder in it is such a thing again.
var recorded = judge.Context{Home: "{home}", Start: time.Unix(0, 0), End: time.Unix(0, 0)}

// someAddress is one at which no world has a resolver.
const someAddress = "127.0.0.1:1"

var revive = strings.NewReplacer("{now}", recorded.Start.UTC().Format(time.RFC3339), "{address}", someAddress)

// certificateDate is the placeholder of a date. Which certificate it is of is
// each scenario's own name for it.
var certificateDate = regexp.MustCompile(`\{[^{}]+\.(not-after|not-before)\}`)

// Explains says whether one of alternatives describes the failure that r has
// kept, whatever the certificates in it are called: it returns "", or why none
// does.
func Explains(alternatives scenarios.Expectations, r Record) string {
	run := judge.Run{Context: recorded, Hung: r.Hung, Stdout: AnyDate(revive.Replace(r.Stdout)), Stderr: AnyDate(revive.Replace(r.Stderr))}
	if r.Outcome == Failed {
		run.Exit = 1
	}
	var named scenarios.Expectations
	for _, e := range alternatives {
		e.Runs = 0 // a record has one run
		e.Stdout, e.Stderr = general(e.Stdout), general(e.Stderr)
		named = append(named, e)
	}
	return judge.Failure(named, []judge.Run{run}, seenBy(r.Evidence))
}

// AnyDate is text in which the dates of certificates bear no name.
func AnyDate(text string) string { return certificateDate.ReplaceAllString(text, "{$1}") }

func general(lines []string) []string {
	var texts []string
	for _, line := range lines {
		texts = append(texts, judge.ReplaceAddresses(AnyDate(line), someAddress))
	}
	return texts
}
