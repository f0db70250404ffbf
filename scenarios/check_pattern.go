package scenarios

import (
	"strconv"
	"strings"
)

// patterns checks what chooses hosts by name, for a proxy and for a middlebox.
func (c *worldCheck) patterns(patterns []string, n *node) {
	for i, pattern := range patterns {
		name := strings.TrimPrefix(pattern, "*.")
		if pattern != "*" && !isHostname(name) {
			c.at(n.find(strconv.Itoa(i)), "%q chooses no host; expected *, a name in small letters such as proxy.corp.test, or *.corp.test for all below it", pattern)
		}
	}
}
