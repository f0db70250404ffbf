package guest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/resolver"
)

// Network is where each host of a plan lives in its machine.
type Network struct {
	ips   map[string]netip.Addr
	names int             // how many of them are names
	hosts strings.Builder // the content of /etc/hosts
	zone  resolver.Zone   // what the resolver knows
	up    []boot.Words    // gives the loopback interface its addresses
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// NetworkOf gives each host of a plan its address, and what the plan tells of
// names.
func NetworkOf(plan backend.Plan) (*Network, error) {
	n := &Network{ips: map[string]netip.Addr{"localhost": loopback}, zone: resolver.Zone{}}
	n.hosts.WriteString("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n")
	for _, a := range plan.Addresses {
		if _, known := n.ips[a.Host]; known {
			continue
		}
		ip, err := netip.ParseAddr(a.Host)
		switch {
		case err != nil:
			n.settle(a.Host, plan)
		case assignable(ip):
			n.ips[a.Host] = ip.Unmap()
			n.assign(ip.Unmap())
		default:
			return nil, fmt.Errorf("no machine can have the address %s", a.Host)
		}
	}
	return n, n.tell(plan)
}

// settle gives a name an address of its own, so that hosts can listen on the
// same port. A name that the resolver is told something else of is not in
// /etc/hosts, or nobody would ask for it.
func (n *Network) settle(name string, plan backend.Plan) {
	n.names++
	ip := nameAddress(n.names)
	told, special := plan.Names[name]
	if len(told.DeadAddresses) > 0 {
		ip = publicAddress(n.names)
		n.assign(ip)
	}
	if !special {
		n.hosts.WriteString(hostsEntry(ip, name))
	}
	n.ips[name] = ip
}

// assign gives ip to the loopback interface, which has all of 127.0.0.0/8 and
// ::1 as it is.
func (n *Network) assign(ip netip.Addr) {
	if !ip.IsLoopback() {
		n.once(boot.Words{boot.Address, string(ip.AsSlice())})
	}
}

// once adds an instruction that two names may need.
func (n *Network) once(words boot.Words) {
	if !slices.ContainsFunc(n.up, func(w boot.Words) bool { return slices.Equal(w, words) }) {
		n.up = append(n.up, words)
	}
}

// nameAddress is the nth of the addresses for names: 127.1.0.1 and on.
func nameAddress(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(1 + n>>16), byte(n >> 8), byte(n)})
}

// publicAddress is the nth of the addresses for names whose address stands
// behind others: a resolver sorts loopback addresses before them (RFC 6724,
// section 6, rule 8). The range is for networks that lead nowhere (RFC 2544).
func publicAddress(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{198, byte(18 + n>>16&1), byte(n >> 8), byte(n)})
}

func hostsEntry(ip netip.Addr, name string) string { return ip.String() + " " + name + "\n" }

// HostsFile is the content of a hosts(5) file for hosts of the plan.
func (n *Network) HostsFile(hosts []string) ([]byte, error) {
	var lines strings.Builder
	for _, host := range hosts {
		ip, known := n.ips[host]
		if !known {
			return nil, fmt.Errorf("no host %s to write a line for", host)
		}
		lines.WriteString(hostsEntry(ip, host))
	}
	return []byte(lines.String()), nil
}

// listen is the instruction that opens a.
func (n *Network) listen(a backend.Address) boot.Words {
	return boot.Words{boot.Listen, string(n.ips[a.Host].AsSlice()), a.Port}
}

// Hosts is the content of the machine's /etc/hosts.
func (n *Network) Hosts() string { return n.hosts.String() }

// Up are the instructions that give the loopback interface its addresses.
func (n *Network) Up() []boot.Words { return n.up }

func assignable(ip netip.Addr) bool {
	return ip.Zone() == "" && !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
