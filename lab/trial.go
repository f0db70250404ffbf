package lab

import (
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/scenarios"
)

// Trial is what happened when one world was played once. Its JSON form is a
// contract with other tools.
type Trial struct {
	Scenario string          `json:"scenario"`
	Cause    scenarios.Cause `json:"cause"`
	Trial    string          `json:"trial"` // "broken", "fix:ID" or "myth:ID"
	Backend  string          `json:"backend"`
	Go       string          `json:"go"` // release, as "go1.26.8"
	Command  string          `json:"command"`
	Exit     int             `json:"exit"`
	Stderr   string          `json:"stderr"`
	Outcome  Outcome         `json:"outcome"` // empty where skipped
	Verdict  Verdict         `json:"verdict"`
	Why      string          `json:"why"` // of a deviation or a skip

	// Impostor and Tampering are what the attacks on a fix achieved. Empty
	// where it was not attacked.
	Impostor  Defence `json:"impostor,omitempty"`
	Tampering Defence `json:"tampering,omitempty"`

	// Evidence is what each host saw, by name.
	Evidence map[string]endpoint.Evidence `json:"evidence"`

	// MS is the wall time of the command's runs in milliseconds, without the
	// world's making and without the attacks.
	MS float64 `json:"ms"`

	// Normal is Stderr with everything replaced that differs between two runs
	// of the same failure, and NormalOut is standard output in that form.
	Normal    string `json:"-"`
	NormalOut string `json:"-"`

	// Hung says that the command did not end and had to be killed.
	Hung bool `json:"-"`
}

// Outcome is how the command ended.
type Outcome string

// The outcomes of a command.
const (
	Failed    Outcome = "failed"
	Succeeded Outcome = "succeeded"
)

// Verdict is the judgement on a trial.
type Verdict string

// The verdicts. Skipped means that nothing was measured, and is never a pass.
const (
	AsExpected Verdict = "as-expected"
	Deviates   Verdict = "deviates"
	Skipped    Verdict = "skipped"
)

// Defence is how an attack on a fix ended.
type Defence string

// The ends of an attack.
const (
	Refused  Defence = "refused"
	Accepted Defence = "accepted"
)

// Case is one trial of a scenario that can be played.
type Case struct {
	Scenario *scenarios.Scenario
	Fix      *scenarios.Fix  // of a fix trial
	Myth     *scenarios.Myth // of a myth trial

	// Tool is the go command to play with. The zero value means the lab's
	// first.
	Tool Tool
}

// With are the same cases with each of tools, all cases of a tool together.
func With(tools []Tool, cases []Case) []Case {
	var all []Case
	for _, tool := range tools {
		for _, c := range cases {
			c.Tool = tool
			all = append(all, c)
		}
	}
	return all
}

// Cases are the trials of scenarios in the order of their files: the broken
// world, the fixes, the myths.
func Cases(all ...*scenarios.Scenario) []Case {
	var cases []Case
	for _, s := range all {
		cases = append(cases, Case{Scenario: s})
		for i := range s.Fixes {
			cases = append(cases, Case{Scenario: s, Fix: &s.Fixes[i]})
		}
		for i := range s.Myths {
			cases = append(cases, Case{Scenario: s, Myth: &s.Myths[i]})
		}
	}
	return cases
}

// Broken is the name of the trial that plays a scenario's own world.
const Broken = "broken"

// Name is [Broken], "fix:ID" or "myth:ID".
func (c Case) Name() string {
	switch {
	case c.Fix != nil:
		return "fix:" + c.Fix.ID
	case c.Myth != nil:
		return "myth:" + c.Myth.ID
	}
	return Broken
}

// World is the scenario's world with the case's change made to it.
func (c Case) World() (scenarios.World, error) {
	switch {
	case c.Fix != nil:
		return c.Scenario.World.Apply(c.Fix.Change)
	case c.Myth != nil:
		return c.Scenario.World.Apply(c.Myth.Change)
	}
	return c.Scenario.World, nil
}
