// Package recorded holds what real runs of the catalogue measured: the source
// of the project's documents, and of the tests that hold the scenarios against
// each other. `make record` makes its files anew.
package recorded

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/tlslab/tlslab/lab"
)

// The recorded runs. Catalogue is every trial with one release of go, Releases
// the broken worlds with each of several.
const (
	Catalogue = "catalogue.jsonl"
	Releases  = "releases.jsonl"
)

//go:embed *.jsonl
var files embed.FS

// Run is one recorded run.
type Run struct {
	Header
	Trials []lab.Record
}

// Header says where and when a run was recorded. It is the first line of its
// file.
type Header struct {
	Date   string `json:"date"`   // as 2006-01-02, UTC
	System string `json:"system"` // GOOS/GOARCH
	Go     string `json:"go"`     // release, or several
	Git    string `json:"git"`    // version, as git tells it
}

// Load reads a recorded run, once a process. The caller does not change it.
func Load(name string) (*Run, error) {
	load, ok := loads[name]
	if !ok {
		return nil, fmt.Errorf("no recorded run is called %q", name)
	}
	return load()
}

var loads = map[string]func() (*Run, error){
	Catalogue: sync.OnceValues(func() (*Run, error) { return read(Catalogue) }),
	Releases:  sync.OnceValues(func() (*Run, error) { return read(Releases) }),
}

func read(name string) (*Run, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	run := &Run{}
	lines := json.NewDecoder(bytes.NewReader(data))
	if err := lines.Decode(&run.Header); err != nil {
		return nil, fmt.Errorf("%s: its header: %w", name, err)
	}
	for {
		var r lab.Record
		err := lines.Decode(&r)
		if errors.Is(err, io.EOF) {
			return run, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, len(run.Trials)+2, err)
		}
		run.Trials = append(run.Trials, r)
	}
}

// Find gives the record of a trial, such as "broken" or "fix:ID", and whether
// there is one. Of several releases it is the first.
func (r *Run) Find(scenario, trial string) (lab.Record, bool) {
	for _, t := range r.Trials {
		if t.Scenario == scenario && t.Trial == trial {
			return t, true
		}
	}
	return lab.Record{}, false
}

// Write writes a recorded run.
func Write(w io.Writer, run *Run) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	errs := []error{lines.Encode(run.Header)}
	for _, r := range run.Trials {
		errs = append(errs, lines.Encode(r))
	}
	return errors.Join(errs...)
}
