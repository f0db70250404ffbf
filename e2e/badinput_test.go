package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sound is a world in which nothing is wrong, as a user's own file.
const sound = `title: Nothing is wrong
cause: harmless
succeeds: Everything is as it should be.
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
  client:
    trusts: [root]
    run: go get example.test/hello@v1.0.0
`

// Bad input: exit 2, one clear message with place and remedy, nothing left.
func TestBadFiles(t *testing.T) {
	tests := map[string]struct {
		old, new string // of sound
		says     []string
	}{
		"misspelt key":          {"presents", "presnts", []string{"case.yaml:9:", `"presnts"`, `did you mean "presents"`}},
		"dangling name":         {"presents: [leaf]", "presents: [laef]", []string{"case.yaml:9:", `"laef"`, `"leaf"`}},
		"no client":             {"  client:\n    trusts: [root]\n    run: go get example.test/hello@v1.0.0\n", "", []string{"case.yaml:", "client"}},
		"bad date":              {"issuer: root,", "issuer: root, not-after: soon,", []string{"case.yaml:7:", `"soon"`}},
		"a PEM that is not one": {"    root: {ca: true, subject: CN=Corp Root CA}", "    root: {pem: hello}", []string{"case.yaml:6:", "PEM"}},
		"unknown cause":         {"cause: harmless", "cause: harmles", []string{"case.yaml:2:", `"harmless"`}},
		"unknown key":           {"{issuer: root,", "{issuer: root, key: rsa-2047b,", []string{"case.yaml:7:", "rsa-2047b"}},
		"a shell in a command":  {"run: go get", "run: FOO=1 | go get", []string{"case.yaml:12:", "list"}},
		"not YAML":              {"title:", "title: [", []string{"case.yaml:"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, sound, test.old)
			file := filepath.Join(t.TempDir(), "case.yaml")
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(sound, test.old, test.new, 1)), 0o600))

			r := invoke(t, nil, "run", file)

			assert.Equal(t, 2, r.exit, r.stderr)
			for _, text := range test.says {
				assert.Contains(t, r.stderr, text)
			}
		})
	}
}

func TestBadUsage(t *testing.T) {
	tests := map[string]struct {
		args []string
		says []string
	}{
		"unknown ID":      {[]string{"run", "chain/missing-intermediat"}, []string{`"chain/missing-intermediate"`}},
		"unknown glob":    {[]string{"run", "nothing/*"}, []string{"nothing/*", "tlslab list"}},
		"missing file":    {[]string{"run", "nowhere.yaml"}, []string{"nowhere.yaml"}},
		"a folder":        {[]string{"run", "folder.yaml"}, []string{"folder.yaml"}},
		"unknown backend": {[]string{"run", "--backend", "cloud"}, []string{"cloud", "sandbox, host"}},
		"unknown command": {[]string{"rum"}, []string{"rum", "run"}},
		"unknown flag":    {[]string{"run", "--jason"}, []string{"--jason"}},
		"no release":      {[]string{"run", "--go", "1.14.x"}, []string{"1.14.x", "1.14.15"}},
		"an empty entry":  {[]string{"run", "--go", "local,,1.14.15"}, []string{"--go local,,1.14.15"}},
		"two releases up": {[]string{"up", "--go", "local,1.14.15", "chain/missing-intermediate"}, []string{"--go local,1.14.15", "tlslab run"}},
		"bad shard":       {[]string{"run", "--shard", "3/2"}, []string{"3/2", "I/N"}},
		"no jobs":         {[]string{"run", "-j", "0"}, []string{"-j 0"}},
		"show of many":    {[]string{"show", "chain/*"}, []string{"chain/*"}},
		"bad port":        {[]string{"up", "--port", "http", "chain/missing-intermediate"}, []string{"http"}},
		"claims of one":   {[]string{"run", "--claims", "trust/private-ca"}, []string{"--claims"}},
		"junit nowhere":   {[]string{"run", "--junit", "no/such/folder/x.xml", "trust/private-ca"}, []string{"--junit", "no/such/folder"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			cmd := command(t, tmp, nil, test.args...)
			require.NoError(t, os.Mkdir(filepath.Join(cmd.Dir, "folder.yaml"), 0o700))

			r := finish(t, cmd)

			assert.Equal(t, 2, r.exit, r.stderr)
			assert.Empty(t, r.stdout)
			for _, text := range test.says {
				assert.Contains(t, r.stderr, text)
			}
			assert.NotContains(t, r.stderr, "goroutine ")
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}

// A user's own file is played by the same commands as the catalogue.
func TestOwnFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my-case.yaml")
	require.NoError(t, os.WriteFile(file, []byte(sound), 0o600))

	r := invoke(t, nil, "run", "--json", file)
	require.Equal(t, 0, r.exit, r.stderr)
	trials := decodeTrials(t, r.stdout)
	require.Len(t, trials, 1)
	assert.Equal(t, "my-case", trials[0]["scenario"])
	assert.Equal(t, "succeeded", trials[0]["outcome"])

	assert.Equal(t, 0, invoke(t, nil, "show", file).exit)
}

// What this machine cannot: exit 3 and the reason.
func TestMachineCannot(t *testing.T) {
	occupied, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { occupied.Close() }) // after the parallel subtests
	_, port, _ := net.SplitHostPort(occupied.Addr().String())
	onlyGo := t.TempDir()
	goTool, err := exec.LookPath("go")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(goTool, filepath.Join(onlyGo, "go")))
	gitCase := filepath.Join(t.TempDir(), "git.yaml")
	usesGit := strings.Replace(sound, "run: go get example.test/hello@v1.0.0", "run: git ls-remote https://proxy.corp.test/hello", 1)
	require.NoError(t, os.WriteFile(gitCase, []byte(usesGit), 0o600))

	tests := map[string]struct {
		env, args, says []string
	}{
		"no go":            {[]string{"PATH=" + t.TempDir()}, []string{"run"}, []string{"go", "PATH"}},
		"no git":           {[]string{"PATH=" + onlyGo}, []string{"run", gitCase}, []string{"git", "PATH"}},
		"no such go":       {nil, []string{"run", "--go", "nosuchgo"}, []string{"nosuchgo"}},
		"no module proxy":  {[]string{"GOPROXY=off", "TLSLAB_CACHE=" + t.TempDir()}, []string{"run", "--go", "1.14.15"}, []string{"go1.14.15", "GOPROXY", "--go the path"}},
		"no folder":        {[]string{"TMPDIR=/nonexistent"}, []string{"run"}, []string{"/nonexistent", "TMPDIR"}},
		"read-only folder": {[]string{"TMPDIR=/proc"}, []string{"run"}, []string{"/proc", "TMPDIR"}},
		"port taken":       {nil, []string{"up", "--backend", "host", "--port", port, "chain/missing-intermediate"}, []string{port}},
	}
	if runtime.GOOS != "linux" {
		delete(tests, "read-only folder")
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			r := finish(t, command(t, tmp, test.env, test.args...))
			assert.Equal(t, 3, r.exit, r.stderr)
			for _, text := range test.says {
				assert.Contains(t, r.stderr, text)
			}
			assert.NotContains(t, r.stderr, "goroutine ")
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}
