package scenarios

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/certgen/spelling"
)

// Select finds scenarios by what people name them with: an ID of the
// catalogue, a pattern over IDs in the form of [path.Match] ("trust/*"), or a
// path to a file of their own, which ends in .yaml or .yml. No names at all
// mean the whole catalogue. The order is that of the names, each scenario
// once.
func Select(names []string) ([]*Scenario, error) {
	if len(names) == 0 {
		return Catalogue()
	}
	var selected []*Scenario
	for _, name := range names {
		found, err := find(name)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if !slices.ContainsFunc(selected, func(other *Scenario) bool { return s.File == other.File }) {
				selected = append(selected, s)
			}
		}
	}
	return selected, nil
}

// SelectOne finds the one scenario that name, an ID or a file, stands for.
func SelectOne(name string) (*Scenario, error) {
	found, err := Select([]string{name})
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%q stands for %d scenarios; name one of them, such as %s", name, len(found), found[0].ID)
	}
	return found[0], nil
}

func find(name string) ([]*Scenario, error) {
	if isFile(name) {
		s, err := Load(name)
		return []*Scenario{s}, err
	}
	// One file is read much faster than all of them.
	if s, err := parseEmbedded(files, "catalogue/"+name+".yaml"); err == nil {
		return []*Scenario{s}, nil
	}
	catalogue, err := Catalogue()
	if err != nil {
		return nil, err
	}
	var found []*Scenario
	var ids []string
	for _, s := range catalogue {
		matches, err := path.Match(name, s.ID)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w; * and ? match within one part of an ID", name, err)
		}
		if matches {
			found = append(found, s)
		}
		ids = append(ids, s.ID, s.Family()+"/*")
	}
	if found == nil {
		near := spelling.Nearest(name, ids)
		if near != "" {
			near = fmt.Sprintf("; did you mean %q?", near)
		}
		return nil, fmt.Errorf("no scenario %q%s (tlslab list prints them all; a file of your own ends in .yaml)", name, near)
	}
	return found, nil
}

func isFile(name string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name))
}

// Handle is what [Select] finds the scenario by: its ID, or the path of a file
// that is not of the catalogue.
func (s *Scenario) Handle() string {
	if strings.Contains(s.ID, "/") {
		return s.ID
	}
	return s.File
}
