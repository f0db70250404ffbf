package servers

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newGitOf(t *testing.T, host string, names ...string) (h http.Handler, dir string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git on PATH")
	}
	dir = t.TempDir()
	h, err := NewGit(newStoreOf(t, names...), dir, host)
	require.NoError(t, err)
	return h, dir
}

func TestGoImportPage(t *testing.T) {
	t.Parallel()
	h, dir := newGitOf(t, "example.test", hello, "example.test/hello/v2@v2.0.0", "example.test/hello/sub@v1.0.0", "other.test/x@v1.0.0")
	for path, content := range map[string]string{
		"/hello":            "example.test/hello git https://example.test/hello",
		"/hello/cmd/hello":  "example.test/hello git https://example.test/hello",
		"/hello/v2":         "example.test/hello git https://example.test/hello",
		"/hello/sub":        "example.test/hello/sub git https://example.test/hello/sub",
		"/hello/sub/cmd":    "example.test/hello/sub git https://example.test/hello/sub",
		"/hello/submarine":  "example.test/hello git https://example.test/hello",
		"/other.test/x/pkg": "other.test/x git https://example.test/other.test/x",
	} {
		w := get(h, path+"?go-get=1")
		assert.Equal(t, 200, w.Code, path)
		assert.Contains(t, w.Body.String(), `<meta name="go-import" content="`+content+`">`, path)
	}
	w := get(h, "/hell?go-get=1")
	assert.Equal(t, 404, w.Code)
	assert.Equal(t, "not found: no repository at example.test/hell\n", w.Body.String())
	made, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Empty(t, made, "a page needs no repository")
}

// git runs the real git in a clean environment.
func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = gitEnv(t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

func TestGitClone(t *testing.T) {
	t.Parallel()
	h, _ := newGitOf(t, "example.test", "example.test/hello@v1.1.0", hello, "example.test/hello/v2@v2.0.0")
	server := httptest.NewServer(h)
	defer server.Close()
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, "clone", "--quiet", server.URL+"/hello", clone)
	assert.Equal(t, "v1.0.0\nv1.1.0\nv2.0.0\n", git(t, "-C", clone, "tag"))
	assert.Equal(t, "main\n", git(t, "-C", clone, "branch", "--show-current"))
	assert.Equal(t, "module example.test/hello/v2\n\ngo 1.13\n", git(t, "-C", clone, "show", "HEAD:go.mod"))
	assert.Equal(t, "v2.0.0|Lab <lab@example.test>|2024-03-01T12:00:00+00:00\nv1.1.0|Lab <lab@example.test>|2024-03-01T12:00:00+00:00\nv1.0.0|Lab <lab@example.test>|2024-03-01T12:00:00+00:00\n",
		git(t, "-C", clone, "log", "--format=%s|%an <%ae>|%cI"))

	err := exec.Command("git", "ls-remote", server.URL+"/none").Run()
	assert.Error(t, err)
}

func TestGitSuffix(t *testing.T) {
	t.Parallel()
	for _, name := range []string{hello, "example.test/hello.git@v1.0.0"} {
		h, _ := newGitOf(t, "example.test", name)
		server := httptest.NewServer(h)
		defer server.Close()
		for _, path := range []string{"/hello", "/hello.git"} {
			assert.Contains(t, git(t, "ls-remote", server.URL+path), "refs/tags/v1.0.0", "%s at %s", name, path)
		}
		assert.Error(t, exec.Command("git", "ls-remote", server.URL+"/hello.gitt").Run())
	}
}

func TestRepositoriesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var heads []string
	for range 2 {
		h, dir := newGitOf(t, "example.test", hello)
		require.Equal(t, 200, get(h, "/hello/info/refs?service=git-upload-pack").Code)
		heads = append(heads, git(t, "-C", filepath.Join(dir, "0"), "rev-parse", "v1.0.0"))
	}
	assert.Equal(t, heads[0], heads[1])
	assert.Len(t, strings.TrimSpace(heads[0]), 40)
}

func TestGitThatCannotMakeRepositoriesSaysSo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git on PATH")
	}
	occupied := filepath.Join(zipOnDisk(t, newStoreOf(t, hello).Modules()[0]), "below-a-file")
	h, err := NewGit(newStoreOf(t, hello), occupied, "example.test")
	require.NoError(t, err)
	w := get(h, "/hello/info/refs?service=git-upload-pack")
	assert.Equal(t, 500, w.Code)
	assert.Contains(t, w.Body.String(), "m.zip")
}

func TestNewGitRefuses(t *testing.T) {
	_, err := NewGit(newStoreOf(t, "example.test/p@v0.0.0-20240102030405-0123456789ab"), t.TempDir(), "example.test")
	assert.ErrorContains(t, err, "expected a version that can be a tag, found a pseudo-version")
	_, err = NewGit(newStoreOf(t, hello, "example.test/hello.git@v1.0.0"), t.TempDir(), "example.test")
	assert.ErrorContains(t, err, "module example.test/hello.git@v1.0.0: its repository would be at /hello, where that of example.test/hello is")
	t.Setenv("PATH", t.TempDir())
	_, err = NewGit(newStoreOf(t, hello), t.TempDir(), "example.test")
	assert.ErrorContains(t, err, "host example.test serves git: no git on PATH: install git, or put it on PATH")
}
