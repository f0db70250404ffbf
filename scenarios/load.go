package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// Load reads a scenario file, as [Parse] does. A file that cannot be read is
// an *InvalidError too, which wraps the system's error.
func Load(path string) (*Scenario, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return Parse(path, data)
}

// readFile reads one byte more than a scenario can have, so that the rest of
// an endless file need not be seen to refuse it.
func readFile(path string) ([]byte, error) {
	// Opening a pipe waits for its writer, past every Ctrl-C.
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return nil, errors.New("it is a named pipe; expected a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// unreadable says why there is nothing to parse, in words that are the same on
// every system.
func unreadable(path string, err error) error {
	message := fmt.Sprintf("the file cannot be read: %v", err)
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		message = "this is a directory; expected a scenario file in YAML"
	} else if errors.Is(err, fs.ErrNotExist) {
		message = "there is no such file; expected a scenario file in YAML"
	} else if errors.Is(err, fs.ErrPermission) {
		message = "the file cannot be read: permission denied; make it readable"
	}
	return &InvalidError{Problems: []Problem{{File: path, Message: message}}, cause: err}
}

// Parse reads a scenario from the text of a file, whose name is used for the
// scenario's ID and in errors only. The text is one YAML document in UTF-8 of
// at most 256 KiB, without anchors, aliases and tags. Whatever is wrong with
// it, down to what its fixes and myths make of its world, is in the error,
// which is an *InvalidError. It does no I/O and never panics.
func Parse(file string, data []byte) (*Scenario, error) {
	ps := &problems{file: file}
	s, root := decodeScenario(data, ps)
	if len(ps.list) == 0 {
		checkScenario(s, root, ps)
	}
	if err := ps.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// decodeScenario reads the form of a scenario and leaves its meaning alone.
// The results are of use only where ps has got no problem.
func decodeScenario(data []byte, ps *problems) (*Scenario, *node) {
	base := filepath.Base(ps.file)
	s := &Scenario{ID: strings.TrimSuffix(base, filepath.Ext(base)), File: ps.file}
	root := parseYAML(data, ps)
	if root != nil {
		decoder{ps}.decode(root, reflect.ValueOf(s).Elem())
	}
	return s, root
}

// Family is the part of the ID before the slash for a scenario of the
// catalogue, and that of its cause for others.
func (s *Scenario) Family() string {
	if family, _, ok := strings.Cut(s.ID, "/"); ok {
		return family
	}
	return s.Cause.Family()
}

// Fixed is the scenario's world with a fix applied. A scenario that was loaded
// gives no error for its own fixes.
func (s *Scenario) Fixed(f Fix) (World, error) { return s.World.Apply(f.Change) }
