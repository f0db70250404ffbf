package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/toolchain"
	"github.com/tlslab/tlslab/scenarios"
)

// keepFake puts a go command into an empty cache of releases that says that it
// is another one than its place, or the same.
func keepFake(t *testing.T, place, says string) string {
	if runtime.GOOS == "windows" {
		t.Skip("the command is a shell script")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	cache := t.TempDir()
	t.Setenv(toolchain.Env, cache)
	bin := filepath.Join(cache, "toolchains", fmt.Sprintf("%s.%s-%s", place, runtime.GOOS, runtime.GOARCH), "bin")
	require.NoError(t, os.MkdirAll(bin, 0o700))
	script := "#!/bin/sh\n[ \"$1\" = version ] && echo go version " + says + " any/any\n"
	command := filepath.Join(bin, "go")
	require.NoError(t, os.WriteFile(command, []byte(script), 0o700))
	return command
}

func TestFindTools(t *testing.T) {
	fake := keepFake(t, "go1.14.15", "go1.14.15")
	f := finder{dir: t.TempDir()}
	local, err := f.find(t.Context(), Local)
	require.NoError(t, err)
	old := Tool{Path: fake, Version: "go1.14.15"}
	for _, test := range []struct {
		words []string
		want  []Tool
	}{
		{nil, []Tool{local}},
		{[]string{"local"}, []Tool{local}},
		{[]string{""}, []Tool{local}},
		{[]string{"go"}, []Tool{local}},
		{[]string{local.Path, "local"}, []Tool{local}},
		{[]string{local.Version}, []Tool{local}},
		{[]string{"1.14.15", "local", "go1.14.15"}, []Tool{old, local}},
		{[]string{fake}, []Tool{old}},
	} {
		tools, err := f.findAll(t.Context(), test.words)
		require.NoError(t, err, test.words)
		assert.Equal(t, test.want, tools, test.words)
	}
}

func TestFindRefuses(t *testing.T) {
	keepFake(t, "go1.14.15", "go1.15.15")
	t.Setenv("GOPROXY", "off")
	f := finder{dir: t.TempDir()}
	for word, test := range map[string]struct {
		unavailable bool
		says        string
	}{
		"1.14.x":   {false, "expected one such as 1.14.15"},
		"go1.":     {false, "no release of Go"},
		"1.14.15":  {true, "says that it is go1.15.15; remove that folder"},
		"1.16.15":  {true, "GOPROXY"},
		"nosuchgo": {true, "nosuchgo"},
	} {
		_, err := f.find(t.Context(), word)
		require.ErrorContains(t, err, test.says, word)
		if test.unavailable {
			assert.ErrorIs(t, err, ErrUnavailable, word)
		} else {
			assert.NotErrorIs(t, err, ErrUnavailable, word)
		}
	}
}

// A lab with several releases plays each case with the one that it names, and
// their caches are apart.
func TestPlayWithSeveral(t *testing.T) {
	fake := keepFake(t, "go1.14.15", "go1.14.15") // which succeeds at everything and does nothing
	l, err := New(t.Context(), Options{Backend: "host", Go: []string{"local", "1.14.15"}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	s, err := scenarios.Parse("case.yaml", []byte(truthful))
	require.NoError(t, err)
	cases := With(l.Tools(), Cases(s)[:1])
	require.Len(t, cases, 2)

	real, err := l.Play(t.Context(), cases[0])
	require.NoError(t, err)
	assert.Equal(t, AsExpected, real.Verdict, real.Why)
	assert.Equal(t, l.Tool().Version, real.Go)

	lying, err := l.Play(t.Context(), cases[1])
	require.NoError(t, err)
	assert.Equal(t, "go1.14.15", lying.Go)
	assert.Equal(t, Deviates, lying.Verdict, "it is %s that ran", fake)
}

// A client runs go by that name, so that a command of another name is none,
// unless it is a link to one.
func TestFindToolsOfOtherNames(t *testing.T) {
	fake := keepFake(t, "go1.14.15", "go1.14.15")
	f := finder{dir: t.TempDir()}
	other := filepath.Join(t.TempDir(), "go1.14.15-linked")
	require.NoError(t, os.Symlink(fake, other))
	tool, err := f.find(t.Context(), other)
	require.NoError(t, err)
	target, err := filepath.EvalSymlinks(fake)
	require.NoError(t, err)
	assert.Equal(t, Tool{Path: target, Version: "go1.14.15"}, tool)

	script := filepath.Join(t.TempDir(), "gotip")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700))
	_, err = f.find(t.Context(), script)
	assert.ErrorContains(t, err, script+": expected a command that is called go")
}
