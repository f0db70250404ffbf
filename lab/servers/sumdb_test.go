package servers

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb"
)

// handlerOps lets the real checksum database client ask a handler.
type handlerOps struct {
	handler http.Handler
	prefix  string
	key     string
	mu      sync.Mutex
	config  map[string][]byte
}

func (o *handlerOps) ReadRemote(path string) ([]byte, error) {
	w := get(o.handler, o.prefix+path)
	if w.Code != http.StatusOK {
		return nil, errors.New(strings.TrimSpace(w.Body.String()))
	}
	return w.Body.Bytes(), nil
}

func (o *handlerOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.key), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.config[file], nil
}

func (o *handlerOps) WriteConfig(file string, _, data []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.config[file] = data
	return nil
}

func (o *handlerOps) ReadCache(string) ([]byte, error) { return nil, errors.New("no cache") }
func (o *handlerOps) WriteCache(string, []byte)        {}
func (o *handlerOps) Log(string)                       {}
func (o *handlerOps) SecurityError(string)             {}

func clientOf(h http.Handler, prefix, key string) *sumdb.Client {
	return sumdb.NewClient(&handlerOps{handler: h, prefix: prefix, key: key, config: map[string][]byte{}})
}

func TestSumdbAnswersTheRealClient(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello, "example.test/Other@v1.2.3")
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		handler http.Handler
		prefix  string
	}{
		"itself":            {db, ""},
		"through the proxy": {NewModuleProxy(store, db), "/sumdb/sum.corp.test"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := clientOf(test.handler, test.prefix, db.VerifierKey())
			for _, m := range store.Modules() {
				want, err := store.Sums(m.String())
				require.NoError(t, err)
				got, err := client.Lookup(m.Path, m.Version)
				require.NoError(t, err)
				assert.Equal(t, want[:1], got)
			}
			_, err := client.Lookup("example.test/hello", "v9.9.9")
			assert.ErrorContains(t, err, "lookup example.test/hello@v9.9.9: file does not exist")
		})
	}
}

func TestSumdbOfAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	other, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	_, err = clientOf(db, "", other.VerifierKey()).Lookup("example.test/hello", "v1.0.0")
	assert.ErrorContains(t, err, "note has no verifiable signatures")
}

func TestSumdbStatus(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	proxy := NewModuleProxy(store, db)
	for path, status := range map[string]int{
		"/sumdb/sum.corp.test/supported":                        200,
		"/sumdb/sum.corp.test/lookup/example.test/hello@v1.0.0": 200,
		"/sumdb/sum.corp.test/lookup/example.test/hello@v2.0.0": 404,
		"/sumdb/sum.corp.test/latest":                           200,
		"/sumdb/sum.corp.test/other":                            404,
		"/sumdb/sum.other.test/supported":                       404,
	} {
		assert.Equal(t, status, get(proxy, path).Code, path)
	}
}
