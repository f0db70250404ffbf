package boot

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	for name, instructions := range map[string][]Words{
		"none":     nil,
		"one word": {{Kill}},
		"several":  {{Mkdir, "/a"}, {Write, "/a/b", "1:x\n"}, {Listen, "\x7f\x00\x00\x01", "443"}},
		"empty":    {{Mount, "", "", "", "", ""}},
	} {
		got, err := Decode(Encode(instructions...))
		require.NoError(t, err, name)
		assert.Equal(t, instructions, got, name)
	}
	for _, message := range []string{"x", "1", "1:", "1:2", "1:11:", "1:12:a", "-1:", "1:0", "2:-1", "1:x1:y", "9:123"} {
		_, err := Decode([]byte(message))
		assert.Error(t, err, message)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(Words{Write, "/a", ""}, Words{Kill}))
	f.Fuzz(func(t *testing.T, message []byte) {
		instructions, err := Decode(message)
		if err != nil {
			return
		}
		again, err := Decode(Encode(instructions...))
		require.NoError(t, err)
		assert.Equal(t, instructions, again)
	})
}

// TestPrepare holds the instructions that need no namespace.
func TestPrepare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a", "file")
	for _, words := range []Words{
		{Mkdir, filepath.Join(dir, "a")}, {Mkdir, filepath.Join(dir, "a")},
		{Write, file, "replaced"}, {Write, file, "one "}, {Append, file, "two"}, {Link, "file", file + ".link"},
	} {
		require.NoError(t, prepare(words[0], words[1:]), words)
	}
	content, err := os.ReadFile(file + ".link")
	require.NoError(t, err)
	assert.Equal(t, "one two", string(content))

	for _, words := range []Words{
		{"dance"}, {Mkdir}, {Mkdir, "a", "b"}, {Write, filepath.Join(dir, "missing", "file"), ""},
		{Link, "file", file + ".link"}, {Mount, "", "", "", "x", ""}, {Listen, "\x7f\x00\x00\x01", "https"},
	} {
		assert.Error(t, prepare(words[0], words[1:]), words)
	}
	err = prepare(Mount, Words{"", filepath.Join(dir, "missing"), "tmpfs", strconv.Itoa(syscall.MS_BIND), ""})
	assert.ErrorContains(t, err, "missing", "it names what it could not cover")
}
