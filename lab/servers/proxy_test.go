package servers

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestModuleProxy(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t,
		"example.test/hello@v1.0.0", "example.test/hello@v1.2.0", "example.test/hello@v1.10.0", "example.test/hello@v1.11.0-rc.1",
		"example.test/hello@v1.12.1-0.20240102030405-0123456789ab",
		"example.test/Upper@v1.0.0-RC",
	)
	proxy := NewModuleProxy(store, nil)
	old, _ := store.Module("example.test/hello", "v1.2.0")
	newest, _ := store.Module("example.test/hello", "v1.10.0")
	upper, _ := store.Module("example.test/Upper", "v1.0.0-RC")
	for name, test := range map[string]struct {
		path   string
		status int
		body   string
	}{
		"list":              {"/example.test/hello/@v/list", 200, "v1.0.0\nv1.2.0\nv1.10.0\nv1.11.0-rc.1\n"},
		"latest":            {"/example.test/hello/@latest", 200, string(newest.Info)},
		"info":              {"/example.test/hello/@v/v1.2.0.info", 200, string(old.Info)},
		"mod":               {"/example.test/hello/@v/v1.2.0.mod", 200, string(old.Mod)},
		"zip":               {"/example.test/hello/@v/v1.2.0.zip", 200, string(old.Zip)},
		"escaped":           {"/example.test/!upper/@v/v1.0.0-!r!c.info", 200, string(upper.Info)},
		"latest of one":     {"/example.test/!upper/@latest", 200, string(upper.Info)},
		"no such version":   {"/example.test/hello/@v/v1.3.0.info", 404, "not found: example.test/hello@v1.3.0: unknown revision v1.3.0\n"},
		"no such module":    {"/example.test/other/@v/list", 404, "not found: module example.test/other: no such module here\n"},
		"no such latest":    {"/example.test/other/@latest", 404, "not found: module example.test/other: no such module here\n"},
		"no such kind":      {"/example.test/hello/@v/v1.2.0.tar", 404, "not found: example.test/hello@v1.2.0 has no .tar: expected .info, .mod or .zip\n"},
		"no such path":      {"/", 404, "not found: / is not a path of the GOPROXY protocol\n"},
		"unescaped":         {"/example.test/Upper/@v/list", 400, "bad request: invalid escaped module path \"example.test/Upper\"\n"},
		"unescaped version": {"/example.test/!upper/@v/v1.0.0-RC.info", 400, "bad request: invalid escaped version \"v1.0.0-RC\"\n"},
		"sumdb":             {"/sumdb/sum.corp.test/supported", 404, "not found: no checksum database sum.corp.test is relayed here\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := get(proxy, test.path)
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, test.body, w.Body.String())
		})
	}
}

func TestModuleProxyOnlyReads(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	NewModuleProxy(newStoreOf(t, hello), nil).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
}
