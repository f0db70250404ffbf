package certgen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/certgen/spelling"
)

// unknown says that word is no such thing, which one was probably meant, and
// which there are.
func unknown(what, word string, known []string) string {
	text := fmt.Sprintf("unknown %s %q", what, word)
	if near := spelling.Nearest(word, known); near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
	}
	if len(known) == 0 {
		return text + ": there is none"
	}
	return text + ": expected " + strings.Join(known, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
