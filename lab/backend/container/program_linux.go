package container

import (
	"bufio"
	"debug/elf"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tlslab/tlslab/lab/backend/internal/boot"
)

// Where a container has what is the harness's own.
const (
	ownFolder = "/.tlslab"
	runFolder = ownFolder + "/run"
	socketAt  = runFolder + "/socket"
)

// program is how this program is executed in a container, also in one whose
// image is empty.
type program struct {
	entry []string          // argv
	files map[string]string // where the container has a file of this machine
}

// self is this process's own program. One that is linked dynamically brings its
// loader and its libraries: those that this process has itself.
var self = sync.OnceValues(func() (*program, error) {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(exe); err != nil {
		return nil, fmt.Errorf("this program's own file is gone, and a container has to start it: %w", err)
	}
	inside := path.Join(ownFolder, "bin", boot.Name)
	p := &program{entry: []string{inside, socketAt}, files: map[string]string{inside: exe}}
	loader, err := interpreter(exe)
	if err != nil || loader == "" {
		return p, err
	}
	libraries, err := mapped()
	if err != nil {
		return nil, err
	}
	folder := path.Join(ownFolder, "lib")
	for _, library := range append(libraries, loader) {
		p.files[path.Join(folder, path.Base(library))] = library
	}
	p.entry = append([]string{path.Join(folder, path.Base(loader)), "--library-path", folder}, p.entry...)
	return p, nil
})

// interpreter is the loader that a program names (elf(5), PT_INTERP), "" where
// it is linked statically.
func interpreter(exe string) (string, error) {
	f, err := elf.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			name := make([]byte, p.Filesz)
			_, err := p.ReadAt(name, 0)
			return strings.TrimRight(string(name), "\x00"), err
		}
	}
	return "", nil
}

// mapped are the shared libraries of this process (proc_pid_maps(5)).
func mapped() ([]string, error) {
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil, err
	}
	defer maps.Close()
	var found []string
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		i := strings.IndexByte(lines.Text(), '/')
		if i < 0 {
			continue
		}
		name := lines.Text()[i:]
		if strings.Contains(path.Base(name), ".so") && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found, nil
}
