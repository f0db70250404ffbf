package toolchain

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/servers"
)

// proxy is a module proxy with two releases, which are stand-ins: their bin/go
// prints a version and does nothing else.
type proxy struct {
	url  string
	zips atomic.Int64 // asked for
	gate func(http.Handler) http.Handler
}

// newProxy starts a module proxy and points the environment at it, with a home
// folder that is empty. A tampered one hands out other zips than its checksum
// database knows.
func newProxy(t *testing.T, tampered bool) *proxy {
	store, err := servers.NewStore([]string{
		module + "@" + versions + place("go1.14.15"), module + "@" + versions + place("go1.19.13"),
	})
	require.NoError(t, err)
	sumdb, err := servers.NewSumdb("sum.example.test", store)
	require.NoError(t, err)
	if tampered {
		store, err = store.Tampered()
		require.NoError(t, err)
	}
	p := &proxy{gate: func(h http.Handler) http.Handler { return h }}
	modules := servers.NewModuleProxy(store, sumdb)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler := modules
		if strings.HasSuffix(r.URL.Path, ".zip") {
			p.zips.Add(1)
			handler = p.gate(handler)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "GOENV": "", "GOFLAGS": "-mod=vendor",
		"GOPROXY": p.url, "GOSUMDB": sumdb.VerifierKey(), "GONOSUMDB": "", "GOPRIVATE": "", "GONOPROXY": "",
		"GOINSECURE": "", "GOTOOLCHAIN": "go1.99.0", "HTTP_PROXY": "", "http_proxy": "",
	} {
		t.Setenv(name, value)
	}
	t.Cleanup(func() {
		left, err := os.ReadDir(home)
		require.NoError(t, err)
		assert.Empty(t, left, "nothing is written into the user's home")
	})
	return p
}

func newCache(t *testing.T) *Cache {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for a toolchain is a shell script")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	return &Cache{Dir: filepath.Join(t.TempDir(), "toolchains"), Go: goTool}
}

// left are the names in a cache, but for its lock.
func left(t *testing.T, c *Cache) []string {
	var names []string
	entries, err := os.ReadDir(c.Dir)
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.Name() != "lock" {
			names = append(names, entry.Name())
		}
	}
	return names
}

func TestGetFetchesOnce(t *testing.T) {
	p, c := newProxy(t, false), newCache(t)
	var told []Progress
	c.Told = func(progress Progress) { told = append(told, progress) }

	command, err := c.Get(t.Context(), "go1.14.15")

	require.NoError(t, err)
	out, err := exec.Command(command, "version").Output()
	require.NoError(t, err)
	assert.Contains(t, string(out), "go1.14.15")
	assert.Equal(t, []string{place("go1.14.15")}, left(t, c), "nothing unfinished stays")
	require.GreaterOrEqual(t, len(told), 2)
	assert.Equal(t, Progress{Release: "go1.14.15", Took: told[0].Took}, told[0])
	last := told[len(told)-1]
	assert.True(t, last.Done)
	assert.Positive(t, last.Bytes)

	t.Setenv("GOPROXY", "off")
	c.Go = ""
	again, err := c.Get(t.Context(), "go1.14.15")
	require.NoError(t, err, "what is there needs no network and no other go")
	assert.Equal(t, command, again)
	assert.EqualValues(t, 1, p.zips.Load())

	kept, err := c.Kept()
	require.NoError(t, err)
	assert.Equal(t, []string{place("go1.14.15")}, kept)
}

// What is in the cache can be removed by its owner without more ado.
func TestReleasesAreRemovable(t *testing.T) {
	newProxy(t, false)
	c := newCache(t)
	_, err := c.Get(t.Context(), "go1.19.13")
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(c.Dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := entry.Info()
		require.NoError(t, err)
		if entry.IsDir() {
			assert.NotZero(t, info.Mode()&0o200, path)
		}
		return nil
	}))
}

// Two processes at once fetch a release once: two caches on one folder hold its
// lock against each other as two processes do.
func TestTwoAtOnceFetchOnce(t *testing.T) {
	p, c := newProxy(t, false), newCache(t)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			own := *c
			_, err := own.Get(t.Context(), "go1.14.15")
			assert.NoError(t, err)
		})
	}
	both.Wait()
	assert.EqualValues(t, 1, p.zips.Load())
	assert.Equal(t, []string{place("go1.14.15")}, left(t, c))
}

// A fetch that is cut off leaves nothing that could be taken for a release.
func TestInterruptedFetchLeavesNothing(t *testing.T) {
	p, c := newProxy(t, false), newCache(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.gate = func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("PK"))
			_ = http.NewResponseController(w).Flush()
			cancel()
			<-r.Context().Done()
		})
	}
	_, err := c.Get(ctx, "go1.14.15")
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, left(t, c))
}

// What a killed process has left is no release, and is gone after the next
// fetch.
func TestKilledFetchIsSwept(t *testing.T) {
	newProxy(t, false)
	c := newCache(t)
	partial := filepath.Join(c.Dir, "tlslab-1", "fetch", "gopath")
	require.NoError(t, os.MkdirAll(partial, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(c.Dir, "tlslab-1", "lock"), nil, 0o600))

	_, err := c.Get(t.Context(), "go1.14.15")

	require.NoError(t, err)
	assert.Equal(t, []string{place("go1.14.15")}, left(t, c))
}

func TestGetRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		tampered bool
		env      [2]string
		release  string
		unknown  bool
		says     []string
	}{
		"another zip than the database knows": {tampered: true, release: "go1.14.15", says: []string{"checksum mismatch"}},
		"no database":                         {env: [2]string{"GOSUMDB", "off"}, release: "go1.14.15", says: []string{"GOSUMDB=off", "must not be"}},
		"no proxy":                            {env: [2]string{"GOPROXY", "http://127.0.0.1:1"}, release: "go1.14.15", says: []string{"refused", "GOPROXY", "path of its"}},
		"no such release":                     {release: "go1.14.99", unknown: true, says: []string{"go1.14.99", "nearest", "1.14.15"}},
		"a line that nobody has":              {release: "go1.16.5", unknown: true, says: []string{"1.14.15 or 1.19.13"}},
	} {
		t.Run(name, func(t *testing.T) {
			newProxy(t, test.tampered)
			c := newCache(t)
			if test.env[0] != "" {
				t.Setenv(test.env[0], test.env[1])
			}

			_, err := c.Get(t.Context(), test.release)

			require.Error(t, err)
			assert.Equal(t, test.unknown, errors.Is(err, ErrUnknown), err)
			for _, text := range test.says {
				assert.Contains(t, err.Error(), text)
			}
			assert.Empty(t, left(t, c))
		})
	}
}

// The user's own settings say where toolchains come from, also those that
// `go env -w` has written.
func TestSettingsOfTheUser(t *testing.T) {
	p, c := newProxy(t, false), newCache(t)
	settings := filepath.Join(t.TempDir(), "env")
	require.NoError(t, os.WriteFile(settings, []byte("GOPROXY="+p.url+"\n"), 0o600))
	t.Setenv("GOPROXY", "")
	t.Setenv("GOENV", settings)

	_, err := c.Get(t.Context(), "go1.19.13")

	require.NoError(t, err)
	assert.EqualValues(t, 1, p.zips.Load())
}

func TestDefaultDir(t *testing.T) {
	t.Setenv(Env, "/somewhere/else")
	dir, err := DefaultDir()
	require.NoError(t, err)
	assert.Equal(t, filepath.Join("/somewhere/else", "toolchains"), filepath.ToSlash(dir))
}
