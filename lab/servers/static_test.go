package servers

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fileServer answers what a web server without any logic would.
func fileServer(files map[string][]byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := files[strings.TrimPrefix(r.URL.Path, "/")]
		if !ok {
			http.Error(w, "no such file", http.StatusNotFound)
			return
		}
		_, _ = w.Write(data)
	})
}

// The real go command finds no difference between the files and the proxy.
func TestStaticAnswersTheRealGo(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello, "example.test/hello@v1.1.0", "example.test/Other@v1.2.3-RC1",
		"golang.org/toolchain@v0.0.1-go1.99.0.linux-"+runtime.GOARCH)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	files, err := Static(store, db)
	require.NoError(t, err)
	server := newTLSServer(t, fileServer(files))
	client := newGoClient(t, server, "GOPROXY="+server.URL, "GOSUMDB="+db.VerifierKey())

	assert.Equal(t, "example.test/hello v1.0.0 v1.1.0\n", client.must("list", "-m", "-versions", "example.test/hello"))
	client.must("get", hello)
	assert.Contains(t, client.must("get", "example.test/hello@latest"), "v1.0.0 => v1.1.0")
	client.must("mod", "download", "example.test/Other@v1.2.3-RC1")

	without, err := Static(store, nil)
	require.NoError(t, err)
	for path := range without {
		assert.NotContains(t, path, "sumdb/")
	}
}

// Processes that share a key and the modules are one database, however many
// lookups each has answered.
func TestRestoredSumdbsAreOne(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello, "example.test/other@v1.2.3")
	made, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	first, err := RestoreSumdb(made.SignerKey(), store)
	require.NoError(t, err)
	second, err := RestoreSumdb(made.SignerKey()+"\n", store)
	require.NoError(t, err)
	assert.Equal(t, made.VerifierKey(), first.VerifierKey())

	get(second, "/lookup/example.test/other@v1.2.3")
	assert.Equal(t, get(first, "/latest").Body.String(), get(second, "/latest").Body.String())
	_, err = clientOf(second, "", first.VerifierKey()).Lookup("example.test/hello", "v1.0.0")
	assert.NoError(t, err)

	_, err = RestoreSumdb("PRIVATE+KEY+sum.corp.test+00000000+AAAA", store)
	assert.ErrorContains(t, err, "the checksum database's key")
}
