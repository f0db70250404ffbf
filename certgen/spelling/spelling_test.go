package spelling

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearest(t *testing.T) {
	long := strings.Repeat("x", longest+1)
	for word, want := range map[string]string{
		"isuer":    "issuer",
		"isseur":   "issuer",
		"Issuer":   "issuer",
		"subject-": "subject",
		"bject":    "subject",
		"colour":   "",
		"":         "",
		long:       "",
	} {
		assert.Equal(t, want, Nearest(word, []string{"subject", "issuer", long}), word)
	}
}
