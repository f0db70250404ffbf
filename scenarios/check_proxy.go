package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlslab/tlslab/certgen"
)

// proxy checks a host with serves: proxy, and that others have no such key.
func (c *worldCheck) proxy(h Host, n *node) {
	if h.Serves != ForwardProxy {
		if h.Proxy != nil {
			c.at(n.find("proxy"), "the key proxy says how a proxy behaves; add serves: proxy, or remove it")
		}
		for _, port := range sortedKeys(h.Listens) {
			if h.Listens[port] == SpeaksTransparent {
				c.at(n.find("listens", port), "only a proxy can be transparent; add serves: proxy, or write tls")
			}
		}
		return
	}
	if h.Listens == nil {
		c.add(n.owner(), "a proxy has no port that is usual; add listens, such as {3128: http}")
	}
	if len(h.Backends) > 0 {
		c.add(n.find("backends").owner(), "a proxy has no backends; remove them")
	}
	if h.Proxy == nil {
		h.Proxy = &Proxy{}
	}
	c.interception(h, n)
	c.access(h.Proxy, n.find("proxy"))
}

// interception checks what a proxy does with TLS that it opens.
func (c *worldCheck) interception(h Host, n *node) {
	p, at := h.Proxy, n.find("proxy")
	c.patterns(p.Intercepts, at.find("intercepts"))
	c.certs(p.Sends, at.find("sends"))
	c.certs(p.Trusts, at.find("trusts"))
	c.cert(p.SignsWith, at.find("signs-with"))
	if len(p.Intercepts) == 0 {
		for _, key := range []string{"signs-with", "sends", "leaf", "copies-dates", "trusts", "verifies", "http2"} {
			if at.get(key) != nil {
				c.add(at.get(key).owner(), "%s is about TLS that the proxy opens, and it opens none; add intercepts: [\"*\"]", key)
			}
		}
		for _, port := range sortedKeys(h.Listens) {
			if h.Listens[port] == SpeaksTransparent {
				c.at(n.find("listens", port), "a transparent proxy opens TLS, and this one opens none; add intercepts: [\"*\"]")
			}
		}
		return
	}
	verifies := p.Verifies == nil || *p.Verifies
	switch {
	case verifies && len(p.Trusts) == 0:
		c.add(at.owner(), "the proxy verifies the hosts whose TLS it opens and trusts nobody; add trusts with their roots, or verifies: false")
	case !verifies && len(p.Trusts) > 0:
		c.at(at.find("trusts"), "the proxy verifies nothing, so it needs no roots; remove them, or verifies: false")
	}
	if p.SignsWith == "" {
		c.add(at.owner(), "the proxy opens TLS and has nothing to sign with; add signs-with and a certificate")
		return
	}
	c.leaf(p, at.find("leaf"))
}

// leaf checks what a proxy signs as one more certificate of the world.
func (c *worldCheck) leaf(p *Proxy, n *node) {
	if p.Leaf.Issuer != "" {
		c.at(n.find("issuer"), "the issuer is what the proxy signs with; write it there")
		return
	}
	if !slices.Contains(c.certificates, p.SignsWith) {
		return // reported already
	}
	spec := p.Leaf
	spec.Issuer = p.SignsWith
	for _, problem := range certgen.CheckIssue(c.world.Certificates, "resigned-leaf", spec) {
		c.at(n.find(problem.Field), "%s", problem.Message)
	}
}

// access checks whom a proxy serves.
func (c *worldCheck) access(p *Proxy, n *node) {
	c.patterns(p.Forbids, n.find("forbids"))
	c.userNames(p.Users, n.find("users"))
	if schemes := n.get("schemes"); schemes != nil && len(p.Users) == 0 {
		c.add(schemes.owner(), "schemes are offered to those who have to say who they are, and the proxy asks nobody; add users")
	}
	for i, scheme := range p.Schemes {
		if !isScheme(scheme) {
			c.at(n.find("schemes", strconv.Itoa(i)), "%q is no authentication scheme (RFC 9110, section 11.1); expected one such as Basic, Negotiate or NTLM", scheme)
		}
	}
}

// isScheme says whether text is a token of HTTP (RFC 9110, section 5.6.2)
// without the punctuation that no scheme has.
func isScheme(text string) bool {
	return text != "" && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// userNames checks the names by which users are known.
func (c *worldCheck) userNames(users map[string]string, n *node) {
	for _, name := range sortedKeys(users) {
		if name == "" || strings.ContainsAny(name, ":\x00\r\n") {
			c.add(n.find(name).owner(), "%q is no user name (RFC 7617, section 2); expected one without a colon or control characters", name)
		}
	}
}
