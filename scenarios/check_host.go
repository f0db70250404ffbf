package scenarios

import (
	"path"
	"strconv"
)

// host checks one host and each of its backends.
func (c *worldCheck) host(name string, h Host, n *node) {
	if !isHostname(name) {
		c.add(n.owner(), "%q is no host; expected a DNS name in small letters or an IP address, with ports under listens", name)
	}
	c.service(name, h, n)
	c.users(h, n.find("users"))
	c.ports(h, n)
	c.proxy(h, n)
	c.certs(h.Presents, n.find("presents"))
	for _, sni := range sortedKeys(h.BySNI) {
		c.certs(h.BySNI[sni], n.find("by-sni", sni))
	}
	c.cert(h.KeyOf, n.find("key-of"))
	if h.TLS != nil {
		c.tls(h.TLS, n.find("tls"))
	}
	for i, box := range h.Behind {
		c.middlebox(box, n.find("behind", strconv.Itoa(i)))
	}
	for i, answer := range h.Answers {
		c.answer(answer, n.find("answers", strconv.Itoa(i)))
	}
	c.says(h, n.find("says"))
	c.backends(name, h, n.find("backends"))
}

func (c *worldCheck) service(name string, h Host, n *node) {
	switch {
	case h.Serves == "" && len(h.Answers) == 0:
		c.add(n.owner(), "the host %q has no \"serves\"; add what it is there for, %s", name, oneOf(h.Serves.Values()))
	case (h.Serves == ReverseProxy) != (h.Upstream != nil):
		c.add(n.owner(), "serves: upstream and the key upstream go together; add the one that is missing, or remove the other")
	}
	if h.Upstream == nil {
		return
	}
	up := n.find("upstream")
	c.known("host", []string{h.Upstream.Host}, c.hosts, up.find("host"))
	if h.Upstream.Host == name {
		c.at(up.find("host"), "the host is its own upstream; expected another host")
	}
	c.certs(h.Upstream.Trusts, up.find("trusts"))
	c.cert(h.Upstream.Certificate, up.find("certificate"))
	if v := h.Upstream.Verifies; v != nil && !*v && len(h.Upstream.Trusts) > 0 {
		c.at(up.find("trusts"), "the proxy verifies nothing, so it needs no roots; remove them, or verifies: false")
	}
	if status := h.Upstream.FailureStatus; status != 0 && (status < 400 || status > 599) {
		c.at(up.find("failure-status"), "%d is no status of a failure; expected 400 to 599", status)
	}
}

// users checks whom a host serves. A proxy has a key of its own for that.
func (c *worldCheck) users(h Host, n *node) {
	if h.Serves == ForwardProxy && len(h.Users) > 0 {
		c.add(n.owner(), "a proxy asks for passwords by CONNECT; write users under proxy")
	}
	c.userNames(h.Users, n)
}

func (c *worldCheck) ports(h Host, n *node) {
	speaksTLS := h.Listens == nil
	for _, port := range sortedKeys(h.Listens) {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || strconv.FormatUint(number, 10) != port || number == 0 {
			c.add(n.find("listens", port).owner(), "%q is no port; expected a decimal number from 1 to 65535", port)
		}
		speaksTLS = speaksTLS || h.Listens[port] == SpeaksTLS
	}
	if speaksTLS && len(h.Presents) == 0 && len(h.BySNI) == 0 {
		c.add(n.owner(), "a host that speaks TLS has no \"presents\"; add the chain that it sends, end entity first")
	}
}

// says checks that what a host says can ever be said.
func (c *worldCheck) says(h Host, n *node) {
	for _, protocol := range sortedKeys(h.Says) {
		if protocol != "none" && protocol != "h2" && protocol != "http/1.1" {
			c.add(n.find(protocol).owner(), "%q is no protocol that go offers by ALPN; expected h2, http/1.1, or none for a connection without one", protocol)
		}
	}
}

func (c *worldCheck) tls(t *TLS, n *node) {
	if t.Min != "" && t.Max != "" && t.Min > t.Max {
		c.at(n.find("min"), "the oldest version %s is newer than the newest, %s; swap them", t.Min, t.Max)
	}
	c.known("cipher suite", t.Ciphers, sortedKeys(CipherSuites()), n.find("ciphers"))
	c.known("signature scheme", t.Signatures, sortedKeys(SignatureSchemes()), n.find("signatures"))
	for i, protocol := range t.ALPN {
		if protocol == "" || len(protocol) > 255 {
			c.at(n.find("alpn", strconv.Itoa(i)), "a protocol name has 1 to 255 bytes (RFC 7301, section 3.1), found %d", len(protocol))
		}
	}
	if len(t.ClientCAs) > 0 && t.ClientCertificate == "" {
		c.at(n.find("client-cas"), "client-cas without client-certificate are never asked; add client-certificate: required")
	}
	c.certs(t.ClientCAs, n.find("client-cas"))
}

func (c *worldCheck) answer(a Answer, n *node) {
	if _, err := path.Match(a.Path, ""); err != nil {
		c.at(n.find("path"), "%q is no pattern (%v); expected one of path.Match, such as /example.test/**", a.Path, err)
	}
	if a.Status != 0 && (a.Status < 200 || a.Status > 599) {
		c.at(n.find("status"), "%d is no status of an HTTP answer; expected 200 to 599", a.Status)
	}
	if a.Location != "" && a.Status/100 != 3 {
		c.at(n.find("location"), "location goes with a redirect; add status: 302")
	}
}

func (c *worldCheck) backends(name string, h Host, n *node) {
	alone := h
	alone.Backends = nil
	for i := range h.Backends {
		change := n.find(strconv.Itoa(i))
		if nested := change.get("backends"); nested != nil {
			c.add(nested.owner(), "a backend has no backends of its own; add it to the host's list")
			continue
		}
		machine, tree := applyChange(alone, change, c.problems)
		if tree != nil {
			c.host(name, machine, tree)
		}
	}
}
