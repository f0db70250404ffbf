package mitm

import "strings"

// Patterns choose hosts by name, without regard to case: "*" is every host,
// "*.corp.test" every name below corp.test, and anything else the one name or
// address that it is. No patterns choose no host.
type Patterns []string

// Match says whether one of the patterns is for host, a name or an address
// without a port.
func (p Patterns) Match(host string) bool {
	for _, pattern := range p {
		if matches(pattern, host) {
			return true
		}
	}
	return false
}

func matches(pattern, host string) bool {
	if pattern == "*" {
		return true
	}
	if below, ok := strings.CutPrefix(pattern, "*."); ok {
		at := len(host) - len(below) - 1
		return at > 0 && host[at] == '.' && strings.EqualFold(host[at+1:], below)
	}
	return strings.EqualFold(pattern, host)
}
