package book

import (
	"encoding/json"
	"go/version"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// Switch is the GODEBUG setting that a case makes; "" where it makes none.
func Switch(c lab.Case) string {
	var patch scenarios.Patch
	switch {
	case c.Fix != nil:
		patch = c.Fix.Change
	case c.Myth != nil:
		patch = c.Myth.Change
	default:
		return ""
	}
	var change struct {
		Client struct {
			Env map[string]any `json:"env"`
		} `json:"client"`
	}
	if json.Unmarshal(patch, &change) != nil {
		return ""
	}
	setting, _ := change.Client.Env["GODEBUG"].(string)
	return setting
}

// switches is what each GODEBUG setting that the catalogue tries did with each
// recorded release.
func (b *Book) switches(p *page) {
	p.f("\n## GODEBUG\n\n")
	p.f("What each setting did in the environment of the go command, where the release fails without it.\n")
	p.f("\n| setting | in | ends the failure with | changes nothing with |\n|---|---|---|---|\n")
	for _, c := range lab.Cases(b.Scenarios...) {
		setting := Switch(c)
		if setting == "" {
			continue
		}
		works, fails := b.tried(c)
		if works == nil && fails == nil {
			continue
		}
		p.f("| %s | %s | %s | %s |\n", quote("GODEBUG="+setting), link("releases", c.Scenario.ID), b.spans(works), b.spans(fails))
	}
}

// tried are the releases with which a case's change ended the failure, and
// those with which it did not. A release that is not stopped by the broken
// world is neither.
func (b *Book) tried(c lab.Case) (works, fails []string) {
	for _, r := range b.Releases.Trials {
		if r.Scenario != c.Scenario.ID || r.Trial != c.Name() || r.Verdict != lab.AsExpected || !b.stopped(r) {
			continue
		}
		if r.Outcome == lab.Succeeded {
			works = append(works, r.Go)
		} else {
			fails = append(fails, r.Go)
		}
	}
	return works, fails
}

func (b *Book) stopped(r lab.Record) bool {
	return slices.ContainsFunc(b.Releases.Trials, func(o lab.Record) bool {
		return o.Scenario == r.Scenario && o.Go == r.Go && o.Trial == lab.Broken && o.Outcome == lab.Failed
	})
}

// spans writes releases in order, without their prefix, and as a span those
// that follow each other among the recorded ones.
func (b *Book) spans(releases []string) string {
	all := b.recorded()
	var list []string
	for i := 0; i < len(all); i++ {
		first := i
		for i < len(all) && slices.Contains(releases, all[i]) {
			i++
		}
		if i > first {
			list = append(list, spell{first: all[first], last: all[i-1]}.span())
		}
	}
	return strings.Join(list, ", ")
}

// recorded are the releases of which there are records, in order.
func (b *Book) recorded() []string {
	var all []string
	for _, r := range b.Releases.Trials {
		if !slices.Contains(all, r.Go) {
			all = append(all, r.Go)
		}
	}
	slices.SortFunc(all, version.Compare)
	return all
}
