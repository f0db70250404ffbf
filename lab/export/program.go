package export

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"slices"

	"github.com/tlslab/tlslab/lab"
)

// Program reads a program that runs in an image from scratch: for Linux, and
// linked statically. Whether it is tlslab nobody can tell here. The error wraps
// [lab.ErrUnavailable] where it is this very program that is another.
func Program(path string) ([]byte, error) {
	own := path == ""
	if own {
		var err error
		if path, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("%w find its own file: %w", lab.ErrUnavailable, err)
		}
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = runsAnywhere(data)
	}
	switch {
	case err == nil:
		return data, nil
	case own:
		return nil, fmt.Errorf("%w put this program into an image: %s: %w; build one with CGO_ENABLED=0 GOOS=linux go build ./cmd/tlslab, and name it with --program", lab.ErrUnavailable, path, err)
	}
	return nil, fmt.Errorf("--program %s: %w; expected one built with CGO_ENABLED=0 GOOS=linux", path, err)
}

// runsAnywhere is nil where a program needs no file but its own.
func runsAnywhere(data []byte) error {
	program, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("it is no program for Linux (%w)", err)
	}
	if slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return fmt.Errorf("it is linked dynamically")
	}
	return nil
}
