package scenarios

import (
	_ "embed"
	"reflect"
	"sync"
)

// Lists are what the catalogue is held against.
type Lists struct {
	BadSSL []Coverage `json:"badssl"` // badssl.com's entries that are not about browsers
	Facts  []Coverage `json:"facts"`  // what go meets, by condition
}

// Coverage says where the catalogue has an entry of a list.
type Coverage struct {
	Entry   string      `json:"entry"`             // as badssl.com calls it, or the condition
	Trials  []Reference `json:"trials,omitempty"`  // that play it
	Instead string      `json:"instead,omitempty"` // why go cannot meet it, or what differs
}

//go:embed coverage.yaml
var coverageFile []byte

// Covered gives the lists. They are read once a process and shared by all
// callers, who must not change them.
func Covered() (Lists, error) { return covered() }

var covered = sync.OnceValues(func() (Lists, error) {
	ps := &problems{file: "scenarios/coverage.yaml"}
	var lists Lists
	if n := parseYAML(coverageFile, ps); n != nil {
		decoder{ps}.decode(n, reflect.ValueOf(&lists).Elem())
	}
	return lists, ps.err()
})
