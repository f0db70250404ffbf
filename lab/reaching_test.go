package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReplaceAddress(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"http://gateway.corp.test:3128":                       "http://127.0.0.1:9",
		"gateway.corp.test:3128":                              "127.0.0.1:9",
		"http://builder:x@gateway.corp.test:3128/":            "http://builder:x@127.0.0.1:9/",
		"http://old-gateway.corp.test:3128":                   "http://old-gateway.corp.test:3128",
		"http://eu.gateway.corp.test:3128":                    "http://eu.gateway.corp.test:3128",
		"http://gateway.corp.test:31280":                      "http://gateway.corp.test:31280",
		"https://a.test|http://gateway.corp.test:3128,direct": "https://a.test|http://127.0.0.1:9,direct",
	} {
		assert.Equal(t, want, replaceAddress(value, "gateway.corp.test:3128", "127.0.0.1:9"))
	}
}
