package servers

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

// Sumdb is a checksum database (https://go.dev/design/25530-sumdb) of the
// modules of a store, with a key of its own. It is an [http.Handler], safe for
// concurrent use, and keeps its tree in memory.
type Sumdb struct {
	name     string
	signer   string
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
	tree := newTree(signer, store)
	return &Sumdb{name: name, signer: signer, verifier: verifier, server: sumdb.NewServer(tree)}, nil
}

// RestoreSumdb makes the database of a key that [Sumdb.SignerKey] has given.
// All modules of store are in its tree from the beginning, in their order, so
// that the databases of several processes are one.
func RestoreSumdb(signer string, store *Store) (*Sumdb, error) {
	name, verifier, err := verifierOf(strings.TrimSpace(signer))
	if err != nil {
		return nil, fmt.Errorf("the checksum database's key: %w", err)
	}
	tree := newTree(strings.TrimSpace(signer), store)
	for _, m := range store.Modules() {
		if _, err := tree.Lookup(context.Background(), module.Version{Path: m.Path, Version: m.Version}); err != nil {
			return nil, fmt.Errorf("checksum database %s: %w", name, err)
		}
	}
	return &Sumdb{name: name, signer: signer, verifier: verifier, server: sumdb.NewServer(tree)}, nil
}

// verifierOf is the name and the verifier key of a signer key, which holds the
// algorithm's number and an Ed25519 seed, see [note.GenerateKey].
func verifierOf(signer string) (name, verifier string, err error) {
	checked, err := note.NewSigner(signer)
	if err != nil {
		return "", "", err
	}
	// PRIVATE, KEY, name, hash, and base64, in which a + can be as well.
	parts := strings.SplitN(signer, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", "", fmt.Errorf("expected an Ed25519 seed of %d bytes", ed25519.SeedSize)
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	verifier, err = note.NewEd25519VerifierKey(checked.Name(), public)
	return checked.Name(), verifier, err
}

func newTree(signer string, store *Store) *sumdb.TestServer {
	sums := func(path, version string) ([]byte, error) {
		m, ok := store.Module(path, version)
		if !ok {
			// sumdb.Server tells 404 from 500 by os.IsNotExist, which does
			// not look into wrapped errors.
			return nil, &fs.PathError{Op: "lookup", Path: path + "@" + version, Err: fs.ErrNotExist}
		}
		return []byte(strings.Join(m.sums, "\n") + "\n"), nil
	}
	return sumdb.NewTestServer(signer, sums)
}

// VerifierKey is the public key in the form that GOSUMDB takes: name, key hash
// and key, joined by +. GOSUMDB may add a space and the database's URL.
func (s *Sumdb) VerifierKey() string { return s.verifier }

// SignerKey is the private key, in the form of [note.NewSigner].
func (s *Sumdb) SignerKey() string { return s.signer }

// ServeHTTP serves /lookup/, /latest and /tile/.
func (s *Sumdb) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }
