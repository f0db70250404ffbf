package toolchain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"1.14.15": "go1.14.15", "go1.14.15": "go1.14.15", "1.14": "go1.14", "1.27rc1": "go1.27rc1", "go1.26.0": "go1.26.0",
		"": "", "go": "", "local": "", "1.14.": "", "1.14.x": "", "v1.14.15": "", "/usr/bin/go": "", "gotip": "", "1.14.15.linux-amd64": "",
	} {
		release, ok := Parse(word)
		assert.Equal(t, want != "", ok, word)
		if ok {
			assert.Equal(t, want, release)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"go1.21.0", "go1.9.7", "go1.21.13", "go1.21.2", "go1.19.13", "go1.22rc1"}
	for release, want := range map[string][]string{
		"go1.21.99": {"go1.21.13"},
		"go1.21":    {"go1.21.13"},
		"go1.22.0":  {"go1.22rc1"},
		"go1.20.1":  {"go1.19.13", "go1.21.0"},
		"go1.4":     {"go1.9.7"},
		"go1.30.0":  {"go1.22rc1"},
	} {
		assert.Equal(t, want, nearest(release, known), release)
	}
	assert.Empty(t, nearest("go1.20", nil))
}
