package servers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is that of the tiles which cmd/go asks for
// (https://go.dev/design/25530-sumdb#checksum-database).
const tileHeight = 8

// Static is what [NewModuleProxy] answers for the modules of store, as files
// that any web server can serve: content by path, without a leading slash. With
// a sumdb it is relayed below sumdb/; with nil nothing is.
func Static(store *Store, sumdb *Sumdb) (map[string][]byte, error) {
	var paths []string
	for _, m := range store.Modules() {
		escaped, err := module.EscapePath(m.Path)
		if err != nil {
			return nil, err
		}
		version, err := module.EscapeVersion(m.Version)
		if err != nil {
			return nil, err
		}
		paths = append(paths, escaped+"/@v/list", escaped+"/@latest")
		for _, ext := range []string{".info", ".mod", ".zip"} {
			paths = append(paths, escaped+"/@v/"+version+ext)
		}
	}
	files := map[string][]byte{}
	if err := collect(files, NewModuleProxy(store, nil), paths); err != nil {
		return nil, err
	}
	if sumdb == nil {
		return files, nil
	}
	relayed, err := StaticSumdb(store, sumdb)
	for path, data := range relayed {
		files["sumdb/"+sumdb.name+"/"+path] = data
	}
	files["sumdb/"+sumdb.name+"/supported"] = nil
	return files, err
}

// StaticSumdb is what a checksum database of store answers, as files. It is an
// error where store has more modules than one tile can have hashes, 256: the
// tree would then need more tiles than are rendered.
func StaticSumdb(store *Store, sumdb *Sumdb) (map[string][]byte, error) {
	// One whose tree is whole already, since a signed tree is in every answer.
	whole, err := RestoreSumdb(sumdb.signer, store)
	if err != nil {
		return nil, err
	}
	size := len(store.Modules())
	if size > 1<<tileHeight {
		return nil, fmt.Errorf("%d modules: a checksum database as files has at most %d", size, 1<<tileHeight)
	}
	paths := []string{"latest"}
	for _, m := range store.Modules() {
		escaped, err := module.EscapePath(m.Path)
		if err != nil {
			return nil, err
		}
		version, err := module.EscapeVersion(m.Version)
		if err != nil {
			return nil, err
		}
		paths = append(paths, "lookup/"+escaped+"@"+version)
	}
	if size > 0 {
		hashes := tlog.Tile{H: tileHeight, L: 0, N: 0, W: size}
		records := tlog.Tile{H: tileHeight, L: -1, N: 0, W: size}
		paths = append(paths, hashes.Path(), records.Path())
	}
	files := map[string][]byte{}
	return files, collect(files, whole, paths)
}

// collect asks handler for paths and keeps what it answers.
func collect(files map[string][]byte, handler http.Handler, paths []string) error {
	for _, path := range paths {
		answer := &recorder{header: http.Header{}, status: http.StatusOK}
		request := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/" + path}, Header: http.Header{}}
		handler.ServeHTTP(answer, request)
		if answer.status != http.StatusOK {
			return fmt.Errorf("%s: %d %s", path, answer.status, strings.TrimSpace(answer.body.String()))
		}
		files[path] = answer.body.Bytes()
	}
	return nil
}
