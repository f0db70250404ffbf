package resolver

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"github.com/tlslab/tlslab/scenarios"
)

// Zone is everything that a resolver knows, by name: small letters, without
// the final dot. Any other name does not exist.
type Zone map[string]Record

// Record is what a resolver answers about one name. The zero value is a name
// that exists and has no addresses.
type Record struct {
	Addresses []netip.Addr        // in the order of the answer
	Fault     scenarios.NameFault // instead of the addresses; empty means none
}

// find gives what is known of a name, in any case (RFC 4343).
func (z Zone) find(name string) Record {
	record, ok := z[plain(name)]
	if !ok {
		return Record{Fault: scenarios.NXDomain}
	}
	return record
}

// plain is a name as a [Zone] and a [Query] have it.
func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// answer is the reply to a request for one name, nil where there is none.
func (z Zone) answer(request *dns.Msg) *dns.Msg {
	question := request.Question[0]
	reply := new(dns.Msg).SetReply(request)
	reply.Authoritative, reply.RecursionAvailable = true, true
	if size := request.IsEdns0(); size != nil {
		reply.SetEdns0(size.UDPSize(), false)
	}
	record := z.find(question.Name)
	switch record.Fault {
	case scenarios.NoAnswer:
		return nil
	case scenarios.NXDomain:
		reply.Rcode = dns.RcodeNameError
	case scenarios.ServFail:
		reply.Rcode = dns.RcodeServerFailure
	default:
		reply.Answer = record.records(question)
	}
	return reply
}

// records are the addresses of the type that question asks for. They may not
// be kept (a TTL of zero), since a test changes its mind.
func (r Record) records(question dns.Question) []dns.RR {
	var records []dns.RR
	for _, ip := range r.Addresses {
		header := dns.RR_Header{Name: question.Name, Class: dns.ClassINET}
		switch {
		case question.Qclass != dns.ClassINET:
		case question.Qtype == dns.TypeA && ip.Is4():
			header.Rrtype = dns.TypeA
			records = append(records, &dns.A{Hdr: header, A: ip.AsSlice()})
		case question.Qtype == dns.TypeAAAA && ip.Is6():
			header.Rrtype = dns.TypeAAAA
			records = append(records, &dns.AAAA{Hdr: header, AAAA: ip.AsSlice()})
		}
	}
	return records
}
