package scenarios

import (
	_ "embed"
	"reflect"
	"sync"
)

// Coverage says where the catalogue has an entry of badssl.com's list.
type Coverage struct {
	Entry   string      `json:"entry"`             // as badssl.com calls it
	Trials  []Reference `json:"trials,omitempty"`  // that play it
	Instead string      `json:"instead,omitempty"` // why go cannot meet it, or what differs
}

//go:embed coverage.yaml
var coverageFile []byte

// BadSSL lists the entries of badssl.com that are not about browsers. It is
// read once a process and shared by all callers, who must not change it.
func BadSSL() ([]Coverage, error) { return badSSL() }

var badSSL = sync.OnceValues(func() ([]Coverage, error) {
	ps := &problems{file: "scenarios/coverage.yaml"}
	var root struct {
		BadSSL []Coverage `json:"badssl"`
	}
	if n := parseYAML(coverageFile, ps); n != nil {
		decoder{ps}.decode(n, reflect.ValueOf(&root).Elem())
	}
	return root.BadSSL, ps.err()
})
