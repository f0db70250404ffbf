package servers

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

// Sumdb is a checksum database (https://go.dev/design/25530-sumdb) of the
// modules of a store, with a key of its own. It is an [http.Handler], safe for
// concurrent use, and keeps its tree in memory.
type Sumdb struct {
	name     string
	verifier string
	server   *sumdb.Server
}

// NewSumdb makes a database that is called name, such as sum.corp.test, and
// answers lookups of the modules of store alone: others get 404.
func NewSumdb(name string, store *Store) (*Sumdb, error) {
	signer, verifier, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, fmt.Errorf("checksum database %s: %w", name, err)
	}
	sums := func(path, version string) ([]byte, error) {
		m, ok := store.Module(path, version)
		if !ok {
			// sumdb.Server tells 404 from 500 by os.IsNotExist, which does
			// not look into wrapped errors.
			return nil, &fs.PathError{Op: "lookup", Path: path + "@" + version, Err: fs.ErrNotExist}
		}
		return []byte(strings.Join(m.sums, "\n") + "\n"), nil
	}
	server := sumdb.NewServer(sumdb.NewTestServer(signer, sums))
	return &Sumdb{name: name, verifier: verifier, server: server}, nil
}

// VerifierKey is the public key in the form that GOSUMDB takes: name, key hash
// and key, joined by +. GOSUMDB may add a space and the database's URL.
func (s *Sumdb) VerifierKey() string { return s.verifier }

// ServeHTTP serves /lookup/, /latest and /tile/.
func (s *Sumdb) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }
