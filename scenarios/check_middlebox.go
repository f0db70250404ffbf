package scenarios

// middlebox checks that a box has the settings of its kind and its stage, and
// no others.
func (c *worldCheck) middlebox(m Middlebox, n *node) {
	switch m.Box {
	case BoxSlow:
		c.slow(m, n)
	case BoxCorrupt:
		c.corrupt(m, n)
	default:
		c.staged(m, n)
	}
	if names := n.get("names"); names != nil && len(m.Names) == 0 {
		c.at(names, "the list is empty; expected a name or a pattern, or no key where the box minds every name")
	}
	c.patterns(m.Names, n.find("names"))
	if size := n.get("larger-than"); size != nil && m.LargerThan < 1 {
		c.at(size, "found %d, expected a size in bytes, such as 1500", m.LargerThan)
	}
}

func (c *worldCheck) slow(m Middlebox, n *node) {
	rate := n.get("rate")
	switch {
	case rate == nil:
		c.add(n.owner(), "a slow box has no \"rate\"; add how many bytes a second it passes towards the client")
	case m.Rate < 1:
		c.at(rate, "found %d, expected 1 or more bytes a second", m.Rate)
	}
	if at := n.get("at"); at != nil {
		c.at(at, "a slow box slows the whole connection; remove at")
	}
	if after := n.get("after"); after != nil {
		c.at(after, "a slow box slows the whole connection; remove after")
	}
}

func (c *worldCheck) corrupt(m Middlebox, n *node) {
	after := n.get("after")
	switch {
	case after == nil:
		c.add(n.owner(), "a box that corrupts has no \"after\"; add how many bytes of the connection pass before the one that it changes")
	case m.After < 1:
		c.at(after, "found %d, expected 1 or more bytes", m.After)
	}
	for _, key := range []string{"at", "rate"} {
		if set := n.get(key); set != nil {
			c.at(set, "a box that corrupts counts from the beginning of the connection; remove %s", key)
		}
	}
}

func (c *worldCheck) staged(m Middlebox, n *node) {
	after := n.get("after")
	switch {
	case m.At != AtBody && after != nil:
		c.at(after, "after goes with at: body, and this box acts at %s; remove after", m.Stage())
	case m.At == AtBody && after == nil:
		c.add(n.owner(), "a box at body has no \"after\"; add how many bytes pass, or write at: response where none does")
	case m.At == AtBody && m.After < 1:
		c.at(after, "found %d, expected 1 or more bytes; where none passes, write at: response", m.After)
	}
	if rate := n.get("rate"); rate != nil {
		c.at(rate, "rate goes with box: slow, and this one is %s; remove rate", m.Box)
	}
	if m.At == AtAccept && len(m.conditions()) > 0 {
		c.at(n.find("at"), "a box at accept acts before there is a ClientHello to judge; write at: hello, or remove names, larger-than and newer-than")
	}
}
