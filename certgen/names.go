package certgen

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// Reserved are the names that a self-signed authority may sign for unless its
// spec says otherwise: names that are never registered (RFC 2606, RFC 6761),
// loopback addresses, and the address ranges of documentation (RFC 5737, RFC
// 3849). An authority that somebody installs for real can then harm nobody.
var Reserved = []string{
	"test", "example", "localhost",
	"127.0.0.0/8", "::1/128",
	"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32",
	"@.test", "@.example", "@localhost",
	"uri:.test", "uri:.example", "uri:localhost",
}

// reserved is Reserved in DER, which most authorities carry.
var reserved = sync.OnceValue(func() []byte {
	der, errs := encodeSubtrees(Reserved)
	if errs != nil {
		panic(errors.Join(errs...))
	}
	return der
})

// nameKind is a choice of GeneralName, by its context-specific tag (RFC 5280,
// section 4.2.1.6).
type nameKind uint8

const (
	emailName nameKind = 1 // rfc822Name
	dnsName   nameKind = 2 // dNSName
	uriName   nameKind = 6 // uniformResourceIdentifier
	ipName    nameKind = 7 // iPAddress
)

// namePrefixes force a kind.
var namePrefixes = map[string]nameKind{"dns": dnsName, "ip": ipName, "email": emailName, "uri": uriName}

// generalName is a subject alternative name or the base of a name constraint.
type generalName struct {
	kind  nameKind
	value []byte // content octets
}

func (n generalName) add(b *builder) {
	b.addValue(asn1.Tag(n.kind).ContextSpecific(), n.value)
}

// splitPrefix cuts the prefix that forces a kind off a name.
func splitPrefix(text string) (kind nameKind, value string, forced bool) {
	prefix, value, _ := strings.Cut(text, ":")
	if kind, ok := namePrefixes[prefix]; ok {
		return kind, value, true
	}
	return 0, text, false
}

// parseName reads a subject alternative name. What a prefix forces is not
// judged, but an address must be one to have octets at all.
func parseName(text string) (generalName, error) {
	kind, value, forced := splitPrefix(text)
	if !forced {
		kind = kindOfName(value)
	}
	if kind == ipName {
		address, err := netip.ParseAddr(value)
		if err != nil || address.Zone() != "" {
			return generalName{}, fmt.Errorf("%q is not an IP address, such as 127.0.0.1 or ::1", text)
		}
		return generalName{ipName, address.Unmap().AsSlice()}, nil
	}
	if !forced && !wellFormed(kind, value) {
		return generalName{}, fmt.Errorf("%q is neither a DNS name (an international one in its xn-- form) nor an IP address, an e-mail address or a URI: write dns:, ip:, email: or uri: before it to encode it as it is", text)
	}
	return generalName{kind, []byte(value)}, nil
}

// nameRange is a range of numbers in a DNS name.
var nameRange = regexp.MustCompile(`^([^{}]*)\{([0-9]+)\.\.([0-9]+)\}([^{}]*)$`)

// maxNames bounds a range: a certificate of more would not fit in a handshake
// (RFC 8446, section 4: a message has less than 16 MiB).
const maxNames = 100_000

// expandNames replaces each range by the names that it stands for.
func expandNames(texts []string) (names []string, errs []error) {
	for _, text := range texts {
		_, _, forced := splitPrefix(text)
		parts := nameRange.FindStringSubmatch(text)
		if forced || parts == nil {
			names = append(names, text)
			continue
		}
		first, errFirst := strconv.Atoi(parts[2])
		last, errLast := strconv.Atoi(parts[3])
		if errFirst != nil || errLast != nil || last < first || last-first >= maxNames {
			errs = append(errs, fmt.Errorf("%q is no range of names: expected the smaller number first and at most %d names, such as host{1..100}.corp.test", text, maxNames))
			continue
		}
		for n := first; n <= last; n++ {
			names = append(names, parts[1]+strconv.Itoa(n)+parts[4])
		}
	}
	return names, errs
}

// kindOfName tells a name's kind from its form.
func kindOfName(text string) nameKind {
	_, err := netip.ParseAddr(text)
	switch {
	case err == nil:
		return ipName
	case strings.Contains(text, "://"):
		return uriName
	case strings.Contains(text, "@"):
		return emailName
	default:
		return dnsName
	}
}

// wellFormed says whether a name without a prefix is what its form promises.
func wellFormed(kind nameKind, text string) bool {
	switch kind {
	case emailName:
		local, host, _ := strings.Cut(text, "@")
		return local != "" && isVisible(local) && isHostname(host)
	case uriName:
		_, err := url.Parse(text)
		return err == nil && isVisible(text)
	default:
		return isHostname(strings.TrimPrefix(text, "*."))
	}
}

// isHostname says whether text is a host name in the preferred syntax of RFC
// 1034, section 3.5, in which names of real hosts also have underscores.
func isHostname(text string) bool {
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for i := range len(label) {
			c := label[i]
			letter := 'a' <= c|0x20 && c|0x20 <= 'z'
			if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return len(text) <= 253
}

// isVisible says whether text is printable ASCII without spaces.
func isVisible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// parseConstraint reads the base of a name constraint (RFC 5280, section
// 4.2.1.10).
func parseConstraint(text string) (generalName, error) {
	kind, value, forced := splitPrefix(text)
	if !forced {
		kind = kindOfConstraint(value)
	}
	switch {
	case kind == ipName:
		return parseRange(text, value)
	case kind == emailName:
		// A mailbox is user@host; a bare host stands for all of its mailboxes,
		// .host for those of the hosts below it.
		return generalName{emailName, []byte(strings.TrimPrefix(value, "@"))}, nil
	case !forced && !isHostname(strings.TrimPrefix(value, ".")):
		return generalName{}, fmt.Errorf("%q is neither a DNS name, an address range such as 10.0.0.0/8, nor an e-mail address or @host: write dns:, ip:, email: or uri: before it to encode it as it is", text)
	}
	return generalName{kind, []byte(value)}, nil
}

func kindOfConstraint(text string) nameKind {
	_, err := netip.ParseAddr(text)
	switch {
	case err == nil || strings.Contains(text, "/"):
		return ipName
	case strings.Contains(text, "@"):
		return emailName
	default:
		return dnsName
	}
}

// encodeSubtrees encodes constraints as the content of GeneralSubtrees.
func encodeSubtrees(constraints []string) (der []byte, errs []error) {
	var b builder
	for _, text := range constraints {
		base, err := parseConstraint(text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		b.add(asn1.SEQUENCE, base.add)
	}
	return b, errs
}

// parseRange reads CIDR notation, or an address for a range of one, and
// encodes address and mask.
func parseRange(text, value string) (generalName, error) {
	prefix, err := netip.ParsePrefix(value)
	if address, addressErr := netip.ParseAddr(value); addressErr == nil && address.Zone() == "" {
		prefix, err = address.Unmap().Prefix(address.Unmap().BitLen())
	}
	if err != nil {
		return generalName{}, fmt.Errorf("%q is not an address range in CIDR notation, such as 10.0.0.0/8", text)
	}
	address := prefix.Masked().Addr().AsSlice()
	mask := make([]byte, len(address))
	for bit := range prefix.Bits() {
		mask[bit/8] |= 0x80 >> (bit % 8)
	}
	return generalName{ipName, append(address, mask...)}, nil
}
