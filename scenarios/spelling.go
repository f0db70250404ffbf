package scenarios

import (
	"fmt"
	"strings"

	"github.com/tlslab/tlslab/certgen/spelling"
)

// suggestion ends a message about a word that is none of known: with the one
// that was probably meant, or with all of them.
func suggestion(word string, known []string) string {
	if near := spelling.Nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) == 0 {
		return "; there is none"
	}
	return "; expected " + oneOf(known)
}

// oneOf lists what there is.
func oneOf(known []string) string {
	if len(known) == 1 {
		return known[0]
	}
	return "one of " + strings.Join(known, ", ")
}
