package guest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/resolver"
	"github.com/tlslab/tlslab/scenarios"
)

// dnsPort is where resolv.conf(5) has clients ask.
const dnsPort = "53"

// Expresses refuses addresses that are not a machine's, or of a kind that the
// kernel does not have.
func Expresses(w *scenarios.World, ipv6 bool) error {
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		ip, err := netip.ParseAddr(name)
		switch {
		case err == nil && !assignable(ip):
			return fmt.Errorf("host %s: no machine can have that address", name)
		case err == nil && ip.Is6() && !ipv6:
			return fmt.Errorf("host %s: this kernel has no IPv6", name)
		}
	}
	return expressesNames(w, ipv6)
}

func expressesNames(w *scenarios.World, ipv6 bool) error {
	for _, name := range slices.Sorted(maps.Keys(w.Names)) {
		for _, dead := range w.Names[name].DeadAddresses {
			if ip, err := netip.ParseAddr(dead); err == nil && ip.Is6() && !ipv6 {
				return fmt.Errorf("name %s: this kernel has no IPv6 for its dead address %s", name, dead)
			}
		}
	}
	return nil
}

// tell fills the zone with the address of every host, and with what plan says
// of a name instead.
func (n *Network) tell(plan backend.Plan) error {
	for host, ip := range n.ips {
		n.zone[strings.ToLower(host)] = resolver.Record{Addresses: []netip.Addr{ip}}
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Names)) {
		record, err := n.record(plan, name)
		if err != nil {
			return fmt.Errorf("the name %s: %w", name, err)
		}
		n.zone[strings.ToLower(name)] = record
	}
	return nil
}

func (n *Network) record(plan backend.Plan, name string) (record resolver.Record, err error) {
	told := plan.Names[name]
	leadsTo := cmp.Or(told.LeadsTo, name)
	ip, known := n.ips[leadsTo]
	switch {
	case told.Answers != "":
		record.Fault = told.Answers
		return record, nil
	case !known:
		return record, fmt.Errorf("no host %s to lead to", leadsTo)
	case len(told.Addresses) > 0:
		record.Addresses, err = parseAddresses(told.Addresses)
		return record, err
	}
	for _, text := range told.DeadAddresses {
		dead, err := netip.ParseAddr(text)
		if err != nil {
			return record, err
		}
		record.Addresses = append(record.Addresses, dead)
		n.bury(plan, name, dead)
	}
	record.Addresses = append(record.Addresses, ip)
	return record, nil
}

func parseAddresses(texts []string) (addresses []netip.Addr, err error) {
	for _, text := range texts {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, ip)
	}
	return addresses, nil
}

// bury has a dead address lose what is sent to the ports of the host name.
func (n *Network) bury(plan backend.Plan, name string, dead netip.Addr) {
	n.assign(dead)
	for _, a := range plan.Addresses {
		if a.Host == name && a.Port != "" {
			n.once(boot.Words{boot.Deaf, string(dead.AsSlice()), a.Port})
		}
	}
}

// resolve starts the resolver of the machine, which runs in the harness.
func (m *Machine) resolve(zone resolver.Zone) error {
	at := string(loopback.AsSlice())
	stream, err := m.link.listen(boot.Words{boot.Listen, at, dnsPort})
	if err != nil {
		return fmt.Errorf("its resolver: %w", err)
	}
	packets, err := m.link.packets(boot.Words{boot.Packets, at, dnsPort})
	if err != nil {
		return fmt.Errorf("its resolver: %w", errors.Join(err, stream.Close()))
	}
	m.resolver = resolver.Serve(packets, stream, zone)
	return nil
}

// Queries are what the machine's resolver was asked: names that are in no
// hosts file.
func (m *Machine) Queries() []resolver.Query { return m.resolver.Queries() }
