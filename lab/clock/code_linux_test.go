package clock

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCode holds the machine code against what the Go assembler makes of it,
// for both processors on any.
func TestCode(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	for arch, functions := range functions {
		object := filepath.Join(t.TempDir(), "code.o")
		cmd := exec.Command("go", "tool", "asm", "-p", "clock", "-o", object, filepath.Join("testdata", arch+".s"))
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch)
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, string(output))
		assembled, err := os.ReadFile(object)
		require.NoError(t, err)
		for _, f := range functions {
			assert.True(t, bytes.Contains(assembled, f.code(0x0102030405060708)), "%s on %s", f.name, arch)
			assert.False(t, bytes.Contains(assembled, f.code(1)), "%s on %s with other seconds", f.name, arch)
		}
	}
}

func TestPadded(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]int{0: 0, 1: 8, 8: 8, 34: 40} {
		assert.Len(t, padded(make([]byte, length)), want)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	image, err := ownVDSO()
	require.NoError(t, err)
	code := func(length int) func(int64) []byte {
		return func(int64) []byte { return make([]byte, length) }
	}
	for _, test := range []struct {
		name   string
		image  []byte
		wanted []function
		err    string
	}{
		{"no ELF file", []byte("vdso"), []function{{"f", code(1)}}, "reading the vDSO"},
		{"no such function", image, []function{{"__vdso_moon_phase", code(1)}}, "has no __vdso_moon_phase"},
		{"a short one", image, []function{{functions[runtime.GOARCH][0].name, code(1 << 20)}}, "too few for another of 1048576"},
		{"another processor", image, nil, "only on amd64 and arm64"},
	} {
		_, err := places(test.image, test.wanted)
		assert.ErrorContains(t, err, test.err, test.name)
	}
}
