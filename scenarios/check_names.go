package scenarios

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// name checks what the resolver is told of one name.
func (c *worldCheck) name(name string, to Name, n *node) {
	_, err := netip.ParseAddr(name)
	switch {
	case !isHostname(name) || err == nil || name == "localhost":
		c.add(n.owner(), "%q is no name that DNS is asked for; expected a DNS name in small letters other than localhost", name)
	case to.LeadsTo == "" && !slices.Contains(c.hosts, name):
		// Another name leads nowhere as it is, so this one is misspelt.
		c.add(n.owner(), "no host of this world is called %q%s", name, suggestion(name, c.hosts))
	}
	set := 0
	for _, is := range []bool{to.LeadsTo != "", to.Answers != "", len(to.Addresses) > 0, len(to.DeadAddresses) > 0} {
		if is {
			set++
		}
	}
	if set != 1 {
		c.add(n.owner(), "a name has one of leads-to, answers, addresses and dead-addresses, found %d of them; write the one that is wrong with it", set)
	}
	if to.LeadsTo != "" {
		c.leads(name, to.LeadsTo, n.find("leads-to"))
	}
	for i, address := range to.Addresses {
		c.deadAddress(address, n.find("addresses", strconv.Itoa(i)))
	}
	for i, address := range to.DeadAddresses {
		c.deadAddress(address, n.find("dead-addresses", strconv.Itoa(i)))
	}
}

func (c *worldCheck) leads(name, to string, n *node) {
	switch {
	case to == name:
		c.at(n, "the name leads to its own host, as it does without this entry; expected another host")
	case !slices.Contains(c.hosts, to):
		c.at(n, "no host of this world is called %q%s", to, suggestion(to, c.hosts))
	}
}

// deadAddress reports an address at which somebody may be.
func (c *worldCheck) deadAddress(address string, n *node) {
	why := ""
	ip, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		why = "it is no IP address"
	case !slices.ContainsFunc(documentation, func(p netip.Prefix) bool { return p.Contains(ip) }):
		why = "somebody may live there"
	case slices.ContainsFunc(c.hosts, func(host string) bool { return sameAddress(host, ip) }):
		why = "a host of this world lives there"
	}
	if why != "" {
		c.at(n, "%q cannot be a dead address: %s; expected one of %v", address, why, documentation)
	}
}

// documentation are the ranges of addresses that are nobody's (RFC 5737,
// RFC 3849).
var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("2001:db8::/32"),
}

func sameAddress(host string, ip netip.Addr) bool {
	of, err := netip.ParseAddr(host)
	return err == nil && of == ip
}

// hostLines checks the content of a hosts(5) file. Only a backend knows the
// addresses, and so only its own files can hold them.
func (c *worldCheck) hostLines(name string, f File, n *node) {
	c.known("host", f.Hosts, c.hosts, n.find("hosts"))
	for i, host := range f.Hosts {
		if _, err := netip.ParseAddr(host); err == nil {
			c.at(n.find("hosts", strconv.Itoa(i)), "%q is an address already; expected the name of a host", host)
		}
	}
	if len(f.Hosts) > 0 && !strings.HasPrefix(name, "/") {
		c.add(n.owner(), "lines for hosts are read from the system's own file; write it under /etc/hosts")
	}
}
