package scenarios

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bounds, release string
		want            bool
	}{
		{"", "go1.4", true},
		{"", "", true},
		{">=1.20", "go1.26.8", true},
		{">=1.20", "go1.20", true},
		{">=1.20", "go1.20.14", true},
		{">=1.20", "go1.19.13", false},
		{">=1.20", "go1.20rc1", false},
		{">=1.21", "go1.21rc1", true},
		{"<1.20", "go1.19.13", true},
		{"<1.20", "go1.20", false},
		{"<1.20", "go1.9", true},
		{">=1.14 <1.20", "go1.14.15", true},
		{">=1.14 <1.20", "go1.13", false},
		{">=1.14 <1.20", "go1.20.1", false},
		{"<1.20  >=1.14", "go1.18.10", true},
		{">=1.24.2", "go1.24.1", false},
		{">=1.24.2", "go1.24.2", true},
		{">=1.20", "", true},
		{"<1.20", "", false},
		{"<1.99", "devel go1.27-1a2b3c Mon Nov 16 10:00:00 2026", false},
		{">=1.99", "devel go1.27-1a2b3c", true},
		{">=1.26", "go1.26.8 X:nodwarf5", true},
		{"<1.26", "go1.26.8 X:nodwarf5", false},
		{">=1.26", "go1.26.8-corp", true},
		{"1.20", "go1.20", false},
	} {
		assert.Equal(t, c.want, Expectation{Go: c.bounds}.Fits(c.release), "%q fits %q", c.bounds, c.release)
	}
}

func TestParseRangeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1.20", "=1.20", ">1.20", "<=1.20", ">= 1.20", ">=", "<", ">=go1.20", ">=1.20,<1.22", ">=1.x", "latest", ">=1.20 <1.20", "<1.14 >=1.20"} {
		_, err := parseRange(text)
		assert.Error(t, err, text)
	}
}
