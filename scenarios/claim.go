package scenarios

import (
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Claim is something that articles on this subject say, and the trials that
// decide it.
type Claim struct {
	ID   string `json:"-"`    // a number, by which docs/claims.md tells it
	Says string `json:"says"` // what the articles say, in one sentence
	Kind string `json:"kind"` // what sort of statement it is, such as "cause, fix"

	// Holds are the trials that bear the claim out and Fails those that refute
	// it, each as ID TRIAL: "trust/private-ca fix:install-the-root". A trial
	// that is left out means broken.
	Holds []Reference `json:"holds,omitempty"`
	Fails []Reference `json:"fails,omitempty"`

	// But is what the claim leaves out, in prose.
	But string `json:"but,omitempty"`
}

// Reference names a trial of the catalogue: a scenario's ID, a space, and the
// trial.
type Reference string

// Scenario is the ID of the scenario.
func (r Reference) Scenario() string {
	id, _, _ := strings.Cut(string(r), " ")
	return id
}

// Trial is "broken", "fix:ID" or "myth:ID".
func (r Reference) Trial() string {
	if _, trial, ok := strings.Cut(string(r), " "); ok {
		return trial
	}
	return "broken"
}

// Decision is what trials make of a claim.
type Decision string

// The decisions. A claim is half true where some of its trials bear it out and
// others refute it.
const (
	Holds Decision = "holds"
	Half  Decision = "half"
	Fails Decision = "fails"
)

// Decision is the claim's, provided that its trials end as the catalogue says.
func (c Claim) Decision() Decision {
	switch {
	case len(c.Fails) == 0:
		return Holds
	case len(c.Holds) == 0:
		return Fails
	}
	return Half
}

// Trials are all that decide the claim.
func (c Claim) Trials() []Reference { return slices.Concat(c.Holds, c.Fails) }

//go:embed claims.yaml
var claimsFile []byte

// Claims lists the claims by number. They are read once a process and shared
// by all callers, who must not change them.
func Claims() ([]Claim, error) { return claims() }

var claims = sync.OnceValues(func() ([]Claim, error) { return parseClaims("scenarios/claims.yaml", claimsFile) })

func parseClaims(file string, data []byte) ([]Claim, error) {
	ps := &problems{file: file}
	var root struct {
		Claims []Claim `json:"claims"`
	}
	if n := parseYAML(data, ps); n != nil {
		decoder{ps}.decode(n, reflect.ValueOf(&root).Elem())
	}
	if err := ps.err(); err != nil {
		return nil, err
	}
	for _, c := range root.Claims {
		if len(c.Trials()) == 0 {
			return nil, fmt.Errorf("%s: claim %s has no trial that decides it; name one under holds or fails", file, c.ID)
		}
	}
	return root.Claims, nil
}
