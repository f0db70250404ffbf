package servers

import (
	"fmt"
	"slices"
	"strings"
)

// Store is the modules of a world. It does not change and is safe for
// concurrent use.
type Store struct {
	names   []string
	modules map[string]Module
}

// NewStore makes modules from names of the form path@version. Their content
// follows from the name alone, so it is made once a process: a go.mod, a
// LICENSE, a package named after the path and a command cmd/NAME that prints
// the version. Versions of golang.org/toolchain get a stand-in whose go prints
// its version and does nothing else. An error names the module that cannot be.
func NewStore(modules []string) (*Store, error) { return newStore(modules, false) }

func newStore(names []string, tampered bool) (*Store, error) {
	s := &Store{modules: make(map[string]Module, len(names))}
	for _, name := range names {
		m, err := makeModule(making{name, tampered})
		if err != nil {
			return nil, err
		}
		if _, ok := s.modules[name]; ok {
			return nil, fmt.Errorf("module %s is listed twice", name)
		}
		s.modules[name] = m
		s.names = append(s.names, name)
	}
	return s, nil
}

// Tampered is a store with the same names, times and go.mod files whose zips
// are valid but hold another source file, which only checksums can tell.
func (s *Store) Tampered() (*Store, error) { return newStore(s.names, true) }

// Modules are the modules in the order in which they were named.
func (s *Store) Modules() []Module {
	list := make([]Module, len(s.names))
	for i, name := range s.names {
		list[i] = s.modules[name]
	}
	return list
}

// Module is the module of that path and version, and whether there is one.
func (s *Store) Module(path, version string) (Module, bool) {
	m, ok := s.modules[path+"@"+version]
	return m, ok
}

// Sums are the two go.sum lines of a module named path@version, without line
// ends: of its zip and of its go.mod (https://go.dev/ref/mod#go-sum-files).
func (s *Store) Sums(module string) ([]string, error) {
	m, ok := s.modules[module]
	if !ok {
		return nil, fmt.Errorf("no module %s: expected one of %s", module, strings.Join(s.names, ", "))
	}
	return slices.Clone(m.sums), nil
}

// versions are the versions of a path, in the order in which they were named.
func (s *Store) versions(path string) []Module {
	return slices.DeleteFunc(s.Modules(), func(m Module) bool { return m.Path != path })
}
