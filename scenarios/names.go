package scenarios

import "strings"

// Name is what the client's resolver is told of a name instead of the address
// of its host. Exactly one of the fields is set.
type Name struct {
	// LeadsTo is the host of the world whose address is answered instead, as a
	// hijacked or a stale record does.
	LeadsTo string `json:"leads-to,omitempty"`

	// Answers are given in the place of addresses.
	Answers NameFault `json:"answers,omitempty"`

	// Addresses are IP addresses that are answered instead of the host's own.
	// Nobody is there and no route leads there, so that connecting fails at
	// once.
	Addresses []string `json:"addresses,omitempty"`

	// DeadAddresses are IP addresses at which every packet is lost. They stand
	// before the host's own address in the answer.
	DeadAddresses []string `json:"dead-addresses,omitempty"`
}

// NameFault is how the lookup of a name fails.
type NameFault string

// The ways in which a lookup fails.
const (
	NXDomain NameFault = "nxdomain" // the name does not exist: RCODE 3 (RFC 1035, section 4.1.1)
	ServFail NameFault = "servfail" // the resolver could not find out: RCODE 2
	NoAnswer NameFault = "nothing"  // queries get no answer at all
)

// Values lists every way in which a lookup fails.
func (NameFault) Values() []string { return texts(NXDomain, ServFail, NoAnswer) }

// String says it in words, to stand after the name.
func (n Name) String() string {
	switch {
	case n.LeadsTo != "":
		return "leads to " + n.LeadsTo
	case n.Answers == NoAnswer:
		return "lookups get no answer"
	case n.Answers != "":
		return "lookups are answered " + strings.ToUpper(string(n.Answers))
	case len(n.Addresses) > 0:
		return "leads to " + strings.Join(n.Addresses, " and ") + ", to which there is no route"
	}
	return "nobody answers at " + strings.Join(n.DeadAddresses, " and ") + ", which it has before its own address"
}
