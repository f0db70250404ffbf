package export

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// refusals collects what an export cannot express, each with the host and the
// word of the vocabulary.
type refusals struct {
	program string // that cannot
	errs    []error
}

// add notes that word of a host cannot be expressed.
func (r *refusals) add(host, word, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("host %s: %s: %s cannot express it: %s", host, word, r.program, fmt.Sprintf(format, args...)))
}

// addClient notes that a word of the client cannot be expressed.
func (r *refusals) addClient(word, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("client: %s: %s cannot express it: %s", word, r.program, fmt.Sprintf(format, args...)))
}

func (r *refusals) err() error { return errors.Join(r.errs...) }

// sorted are the keys of a mapping.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// portsOf are the ports of a host, in order.
func portsOf(h scenarios.Host) []string {
	return slices.SortedFunc(slices.Values(lab.Ports(h)), func(a, b string) int {
		x, _ := strconv.Atoi(a) // a loaded world has numbers
		y, _ := strconv.Atoi(b)
		return x - y
	})
}
