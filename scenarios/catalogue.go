package scenarios

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
)

//go:embed catalogue/*/*.yaml
var files embed.FS

// Catalogue returns the scenarios of the catalogue by ID. They are read once a
// process and shared by all callers, who must not change them. What the files
// mean is not checked again: a test holds that [Parse] takes each of them.
func Catalogue() ([]*Scenario, error) { return catalogue() }

var catalogue = sync.OnceValues(func() ([]*Scenario, error) { return parseCatalogue(files) })

// parseCatalogue reads catalogue/FAMILY/NAME.yaml, in parallel, since most
// commands wait for it.
func parseCatalogue(files fs.FS) ([]*Scenario, error) {
	paths, err := fs.Glob(files, "catalogue/*/*.yaml")
	if err != nil {
		return nil, err
	}
	all, errs := make([]*Scenario, len(paths)), make([]error, len(paths))
	var wg sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, name := range paths {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			all[i], errs[i] = parseEmbedded(files, name)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	// Paths are in another order where one ID is the beginning of the next.
	slices.SortFunc(all, func(a, b *Scenario) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func parseEmbedded(files fs.FS, name string) (*Scenario, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	ps := &problems{file: "scenarios/" + name}
	s, _ := decodeScenario(data, ps)
	if err := ps.err(); err != nil {
		return nil, err
	}
	family := path.Base(path.Dir(name))
	s.ID = family + "/" + strings.TrimSuffix(path.Base(name), ".yaml")
	return s, nil
}

// Source is the text of the scenario's file, that of the user's own as it is
// now.
func (s *Scenario) Source() ([]byte, error) {
	if name, ok := strings.CutPrefix(s.File, "scenarios/"); ok && s.Handle() == s.ID {
		return fs.ReadFile(files, name)
	}
	return readFile(s.File)
}
