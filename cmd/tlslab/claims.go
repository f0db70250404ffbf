package main

import (
	"errors"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

// claimCases are the trials that decide the articles' claims, each once.
func (f *runFlags) claimCases(args []string) ([]lab.Case, error) {
	if len(args) > 0 || f.shard != "" || len(f.tools) > 1 {
		return nil, errors.New("--claims plays the trials that decide claims, all of them with one release; leave scenarios, --shard and further releases out")
	}
	claims, err := scenarios.Claims()
	if err != nil {
		return nil, err
	}
	deciding := map[string]bool{}
	for _, c := range claims {
		for _, r := range c.Trials() {
			deciding[r.Scenario()+" "+r.Trial()] = true
		}
	}
	all, err := scenarios.Catalogue()
	if err != nil {
		return nil, err
	}
	var cases []lab.Case
	for _, c := range lab.Cases(waitingLast(all)...) {
		if deciding[c.Scenario.ID+" "+c.Name()] {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// tellClaims writes what became of the claims.
func tellClaims(p *report.Paper, trials []lab.Trial) error {
	claims, err := scenarios.Claims()
	if err != nil {
		return err
	}
	if !report.Claims(p, claims, trials) {
		return errDeviates
	}
	return nil
}
