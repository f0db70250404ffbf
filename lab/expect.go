package lab

import (
	"fmt"

	"github.com/tlslab/tlslab/scenarios"
)

// Expected are the alternatives of which a case's world prints one with a
// release of go, in that release's words; none where it should succeed, or is
// not played.
func (c Case) Expected(release string) scenarios.Expectations {
	expected, _ := c.expected(release)
	return expected
}

// expected is what [Case.Expected] gives, and the reason why a case is not
// played with a release.
func (c Case) expected(release string) (scenarios.Expectations, error) {
	s := c.Scenario
	if s.Needs != nil && !scenarios.Fits(s.Needs.Go, release) {
		return nil, fmt.Errorf("it takes go %s, and this is %s: %s", s.Needs.Go, release, s.Needs.Because)
	}
	broken, how := said(s.Fails, release)
	refused := c.refused(release)
	var own scenarios.Expectations
	switch {
	case c.Fix != nil && how == succeeds:
		return nil, fmt.Errorf("%s is not stopped by this world, so that there is nothing to end", release)
	case refused != nil:
		return refused, nil
	case c.Fix != nil:
		own = c.Fix.Fails
	case c.Myth != nil:
		own = c.Myth.Fails
	}
	if changed, different := said(own, release); different != nothing {
		broken, how = changed, different
	}
	if c.Fix != nil && scenarios.Fits(c.Fix.Go, release) && !anyFits(own, release) {
		return nil, nil
	}
	if how == nothing && s.Succeeds == "" {
		return nil, fmt.Errorf("the scenario does not say what %s prints; add an alternative for it under fails", release)
	}
	return broken, nil
}

func anyFits(list scenarios.Expectations, release string) bool {
	_, how := said(list, release)
	return how != nothing
}

// refused is what a release prints of a setting in the case's world that it
// does not know.
func (c Case) refused(release string) scenarios.Expectations {
	w, err := c.World()
	if err != nil {
		return nil // and playing it says so
	}
	return w.Refused(release)
}

// saying is what a list of alternatives says about a release.
type saying int

const (
	nothing saying = iota
	fails
	succeeds
)

// said picks the alternatives for a release. A list never says both of one
// release.
func said(list scenarios.Expectations, release string) (scenarios.Expectations, saying) {
	var failing scenarios.Expectations
	how := nothing
	for _, e := range list {
		switch {
		case !e.Fits(release):
		case e.Succeeds != "":
			how = succeeds
		default:
			how = fails
			failing = append(failing, e.In(release))
		}
	}
	return failing, how
}
