package clock

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/tlslab/tlslab/lab/clock/tracer"
)

// Patch makes the clock of a process ahead of the right one by offset, in
// whole seconds; a fraction is dropped. It is for processes of this kernel
// alone. The zero offset is no patch. The error says what this machine's vDSO
// lacks.
func Patch(offset time.Duration) (tracer.Patch, error) {
	if offset == 0 {
		return nil, nil
	}
	places, err := findFunctions()
	if err != nil {
		return nil, err
	}
	var p tracer.Patch
	for i, f := range functions[runtime.GOARCH] {
		code := padded(f.code(int64(offset / time.Second)))
		for at := 0; at < len(code); at += 8 {
			p = append(p, tracer.Word{At: places[i] + uint64(at), Value: binary.NativeEndian.Uint64(code[at:])})
		}
	}
	return p, nil
}

// padded is code in whole words.
func padded(code []byte) []byte {
	return append(code, make([]byte, -len(code)&7)...)
}

// findFunctions gives where each of functions begins, counted from the
// beginning of the vDSO, which is the same in every process of a kernel.
var findFunctions = sync.OnceValues(func() ([]uint64, error) {
	image, err := ownVDSO()
	if err != nil {
		return nil, err
	}
	return places(image, functions[runtime.GOARCH])
})

func places(image []byte, wanted []function) (places []uint64, err error) {
	if len(wanted) == 0 {
		return nil, fmt.Errorf("no process's clock can be set on %s, only on amd64 and arm64: %w", runtime.GOARCH, errors.ErrUnsupported)
	}
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, fmt.Errorf("reading the vDSO: %w", err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return nil, fmt.Errorf("reading the vDSO: %w", err)
	}
	for _, f := range wanted {
		at, err := place(symbols, f)
		if err != nil {
			return nil, err
		}
		places = append(places, at)
	}
	return places, nil
}

func place(symbols []elf.Symbol, f function) (uint64, error) {
	need := uint64(len(padded(f.code(0))))
	for _, s := range symbols {
		switch {
		case s.Name != f.name:
		case s.Size < need:
			return 0, fmt.Errorf("this kernel's vDSO has a %s of %d bytes, too few for another of %d: %w", f.name, s.Size, need, errors.ErrUnsupported)
		default:
			return s.Value, nil
		}
	}
	return 0, fmt.Errorf("this kernel's vDSO has no %s: %w", f.name, errors.ErrUnsupported)
}

// ownVDSO is the vDSO of this process.
func ownVDSO() ([]byte, error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(maps)) {
		var start, end int64
		if !strings.HasSuffix(line, " [vdso]\n") {
			continue
		}
		if _, err := fmt.Sscanf(line, "%x-%x", &start, &end); err != nil {
			return nil, fmt.Errorf("/proc/self/maps: %q: %w", line, err)
		}
		memory, err := os.Open("/proc/self/mem")
		if err != nil {
			return nil, err
		}
		defer memory.Close()
		image := make([]byte, end-start)
		_, err = memory.ReadAt(image, start)
		return image, err
	}
	return nil, fmt.Errorf("this kernel gives processes no vDSO, as with vdso=0 on its command line: %w", errors.ErrUnsupported)
}
