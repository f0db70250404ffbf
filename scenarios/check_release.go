package scenarios

import "strconv"

// releases checks what is said about releases of Go that differ.
func (c *scenarioCheck) releases(root *node) {
	s := c.scenario
	if s.Needs != nil {
		c.bounds(s.Needs.Go, root.find("needs", "go"))
	}
	c.successes(s.Fails, root.find("fails"))
	for _, fix := range s.Fixes {
		n := root.find("fixes", fix.ID)
		if fix.Go != "" {
			c.bounds(fix.Go, n.find("go"))
		}
		for i, e := range fix.Fails {
			at := n.find("fails", strconv.Itoa(i))
			if fix.Go != "" && overlap(e.Go, fix.Go) {
				c.add(at.owner(), "%q is said to fail and %q to be fixed, and releases are in both; keep the two apart", e.Go, fix.Go)
			}
			if fix.Go == "" && e.Go == "" {
				c.add(at.owner(), "a fix that fails with every release is none; add the go that it fails with")
			}
			if e.Succeeds != "" {
				c.add(at.find("succeeds").owner(), "a release that succeeds is one that the fix works with; add it to the fix's go")
			}
		}
	}
	for _, myth := range s.Myths {
		c.successes(myth.Fails, root.find("myths", myth.ID, "fails"))
	}
	if len(s.Fails) == 0 {
		return
	}
	for _, e := range s.Fails {
		if e.Succeeds == "" {
			return
		}
	}
	c.add(root.find("fails").owner(), "no alternative fails; write succeeds in the scenario itself")
}

// bounds checks a range of releases that stands outside an expectation.
func (c *scenarioCheck) bounds(releases string, n *node) {
	if _, err := parseRange(releases); err != nil {
		c.add(n.pos, "%v", err)
	}
}

// successes checks the alternatives in which a world does not fail. A release
// must not be in one of these and in one that fails, or nothing would deviate.
func (c *scenarioCheck) successes(list Expectations, n *node) {
	for i, e := range list {
		if e.Succeeds == "" {
			continue
		}
		at := n.find(strconv.Itoa(i))
		if len(e.Stderr)+len(e.Stdout)+e.Runs > 0 || e.Server != "" {
			c.add(at.owner(), "an alternative either succeeds or says what is printed; remove one of the two")
		}
		for _, other := range list {
			if other.Succeeds == "" && overlap(e.Go, other.Go) {
				c.add(at.owner(), "%q succeeds and %q fails, and releases are in both; keep the two apart", e.Go, other.Go)
			}
		}
	}
}
