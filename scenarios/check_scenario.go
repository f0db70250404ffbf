package scenarios

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkScenario reports what is wrong with a decoded scenario. Its changes are
// judged only where the world that they change is sound, since each of them
// would tell of the same problem again.
func checkScenario(s *Scenario, root *node, ps *problems) {
	world := root.find("world")
	checkWorld(&s.World, world, ps)
	if len(ps.list) > 0 {
		return
	}
	c := &scenarioCheck{ps, s}
	c.statement(root)
	c.releases(root)
	if wait, err := time.ParseDuration(s.Waits); s.Waits != "" && (err != nil || wait <= 0) {
		ps.add(root.find("waits").pos, "%q is no time to wait; expected one such as 10s or 1m30s", s.Waits)
	}
	c.expectations(s.Fails, root.find("fails"), &s.World)
	for i, link := range s.Seen {
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" || u.Host == "" {
			ps.add(root.find("seen", strconv.Itoa(i)).pos, "%q is no link; expected one that begins with https://", link)
		}
	}
	for _, fix := range s.Fixes {
		n := root.find("fixes", fix.ID)
		if changed := c.change(n.find("change")); changed != nil {
			c.expectations(fix.Fails, n.find("fails"), changed)
		}
	}
	for _, myth := range s.Myths {
		n := root.find("myths", myth.ID)
		if changed := c.change(n.find("change")); changed != nil {
			c.expectations(myth.Fails, n.find("fails"), changed)
		}
	}
}

type scenarioCheck struct {
	*problems
	scenario *Scenario
}

// statement checks what the scenario says about its world as a whole.
func (c *scenarioCheck) statement(root *node) {
	s := c.scenario
	switch {
	case len(s.Fails) == 0 && s.Succeeds == "":
		c.add(position{}, "the scenario has no \"fails\"; add the text that go prints, or \"succeeds\" with the reason why go is not stopped")
	case len(s.Fails) > 0 && s.Succeeds != "":
		c.add(root.find("succeeds").owner(), "a scenario either fails or succeeds; remove one of the two keys")
	case s.AcceptsTampering && s.Succeeds == "":
		c.add(root.find("accepts-tampering").owner(), "accepts-tampering is about a command that succeeds; write succeeds with the reason why go does not notice, or remove it")
	case s.Succeeds != "" && s.NoClientFix != "":
		c.add(root.find("no-client-fix").owner(), "a scenario that succeeds needs no fix; remove no-client-fix")
	}
	if i := slices.IndexFunc(s.Fixes, func(f Fix) bool { return f.By == ByClient }); i >= 0 && s.NoClientFix != "" {
		c.add(root.find("no-client-fix").owner(), "no-client-fix stands beside the fix %q, which is by the client; remove one of them", s.Fixes[i].ID)
	}
}

// change checks what a change makes of the world. It returns nil where that
// is no world.
func (c *scenarioCheck) change(n *node) *World {
	count := len(c.list)
	changed, tree := applyChange(c.scenario.World, n, c.problems)
	if tree == nil {
		return nil
	}
	checkWorld(&changed, tree, c.problems)
	if len(c.list) > count {
		return nil
	}
	if sameJSON(c.scenario.World, changed) {
		c.add(n.owner(), "the change leaves the world as it is; write what it changes")
	}
	c.unused(&changed, n)
	return &changed
}

// sameJSON compares two worlds, whose JSON forms are lossless.
func sameJSON(a, b World) bool {
	first, errFirst := json.Marshal(a)
	second, errSecond := json.Marshal(b)
	return errFirst == nil && errSecond == nil && bytes.Equal(first, second)
}

// unused reports certificates that a change adds and nothing in the changed
// world needs: most often one that it meant to change, misspelt.
func (c *scenarioCheck) unused(w *World, change *node) {
	used := w.usedCertificates()
	old := sortedKeys(c.scenario.World.Certificates)
	for _, name := range sortedKeys(w.Certificates) {
		if !used[name] && !slices.Contains(old, name) {
			c.add(change.find("certificates", name).owner(), "the change adds a certificate %q that nothing uses%s", name, suggestion(name, old))
		}
	}
}

// usedCertificates are those that a host or the client holds, with what
// signed them.
func (w *World) usedCertificates() map[string]bool {
	used := map[string]bool{}
	var use func(names ...string)
	use = func(names ...string) {
		for _, name := range names {
			if spec, ok := w.Certificates[name]; ok && !used[name] {
				used[name] = true
				use(spec.Issuer, spec.KeyOf)
			}
		}
	}
	for _, host := range w.Hosts {
		machines, _ := host.Machines()
		for _, m := range append(machines, host) {
			m.eachCertificate(use)
		}
	}
	use(w.Client.Trusts...)
	for _, file := range w.Client.Files {
		use(file.Certificates...)
		use(file.Keys...)
		use(file.Revokes...)
	}
	return used
}

func (h Host) eachCertificate(use func(names ...string)) {
	use(h.Presents...)
	use(h.KeyOf)
	for _, chain := range h.BySNI {
		use(chain...)
	}
	if h.TLS != nil {
		use(h.TLS.ClientCAs...)
	}
	if h.Upstream != nil {
		use(append(h.Upstream.Trusts, h.Upstream.Certificate)...)
	}
}

// expectations checks what a world is said to print.
func (c *scenarioCheck) expectations(list Expectations, n *node, w *World) {
	known := placeholders(sortedKeys(w.Certificates))
	for i, e := range list {
		at := n.find(strconv.Itoa(i))
		if _, err := parseRange(e.Go); err != nil {
			c.add(at.find("go").pos, "%v", err)
		}
		if len(e.Stderr) == 0 && len(e.Stdout) == 0 && e.Hangs == "" && e.Succeeds == "" {
			c.add(at.owner(), "an expectation without stderr and stdout fits every failure; add the text that is printed")
		}
		if e.Only && len(e.Stderr) == 0 {
			c.add(at.find("only").owner(), "only is about the lines of stderr, and there are none; add them, or remove it")
		}
		c.hangs(e, at)
		c.lines(e.Stderr, at.find("stderr"), known)
		c.lines(e.Stdout, at.find("stdout"), known)
		if runs := max(w.Client.Runs, 1); e.Runs < 0 || e.Runs > runs {
			c.add(at.find("runs").pos, "found %d failing runs of %d; expected 1 to %d", e.Runs, runs, runs)
		}
	}
}

// hangs checks that a command which does not end can be told from one that
// merely waits, and is played as one that waits.
func (c *scenarioCheck) hangs(e Expectation, n *node) {
	if e.Hangs == "" {
		return
	}
	at := n.find("hangs")
	hangs, err := time.ParseDuration(e.Hangs)
	waits, _ := time.ParseDuration(c.scenario.Waits)
	switch {
	case err != nil || hangs <= 0:
		c.add(at.pos, "%q is no time to hang; expected one such as 12s", e.Hangs)
	case waits < hangs:
		c.add(at.owner(), "the command is left hanging for %s; add \"waits: %s\" to the scenario, so that others are played beside it", e.Hangs, e.Hangs)
	case e.Request == "":
		c.add(at.owner(), "whatever takes longer than %s fits this expectation; add the request that is not answered", e.Hangs)
	}
}

func (c *scenarioCheck) lines(lines Lines, n *node, known []string) {
	for i, line := range lines {
		at := n.find(strconv.Itoa(i))
		if strings.TrimSpace(line) == "" {
			c.add(at.pos, "an empty line fits every output; write the text that is printed")
		}
		for _, found := range placeholder.FindAllString(line, -1) {
			if !slices.Contains(known, found) {
				c.add(at.pos, "unknown placeholder %s%s", found, suggestion(found, known))
			}
		}
	}
}
