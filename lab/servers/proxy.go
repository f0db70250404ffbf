package servers

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// NewModuleProxy serves the modules of store by the GOPROXY protocol,
// https://go.dev/ref/mod#goproxy-protocol. With a sumdb it relays requests for
// it below /sumdb/, as public proxies do; with nil it answers them with 404,
// upon which cmd/go asks the database itself.
func NewModuleProxy(store *Store, sumdb *Sumdb) http.Handler {
	return &moduleProxy{store: store, sumdb: sumdb}
}

type moduleProxy struct {
	store *Store
	sumdb *Sumdb
}

func (p *moduleProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/sumdb/"); ok {
		p.relay(w, r, rest)
		return
	}
	if escaped, ok := strings.CutSuffix(r.URL.Path, "/@latest"); ok {
		p.latest(w, escaped)
		return
	}
	if escaped, what, ok := strings.Cut(r.URL.Path, "/@v/"); ok {
		p.version(w, escaped, what)
		return
	}
	notFound(w, "%s is not a path of the GOPROXY protocol", r.URL.Path)
}

// relay passes a request on to the checksum database
// (https://go.dev/design/25530-sumdb#proxying-a-checksum-database).
func (p *moduleProxy) relay(w http.ResponseWriter, r *http.Request, rest string) {
	name, rest, _ := strings.Cut(rest, "/")
	if p.sumdb == nil || name != p.sumdb.name {
		notFound(w, "no checksum database %s is relayed here", name)
		return
	}
	if rest == "supported" {
		w.WriteHeader(http.StatusOK)
		return
	}
	http.StripPrefix("/sumdb/"+name, p.sumdb).ServeHTTP(w, r)
}

func (p *moduleProxy) latest(w http.ResponseWriter, escaped string) {
	versions, ok := p.versions(w, escaped)
	if !ok {
		return
	}
	write(w, "application/json", slices.MaxFunc(versions, newer).Info)
}

// newer orders releases above pre-releases, and those by version, as
// https://go.dev/ref/mod#version-queries orders @latest.
func newer(a, b Module) int {
	if pre := semver.Prerelease(a.Version) != ""; pre != (semver.Prerelease(b.Version) != "") {
		if pre {
			return -1
		}
		return 1
	}
	return semver.Compare(a.Version, b.Version)
}

func (p *moduleProxy) version(w http.ResponseWriter, escaped, what string) {
	if what == "list" {
		p.list(w, escaped)
		return
	}
	ext := path.Ext(what)
	version, err := module.UnescapeVersion(strings.TrimSuffix(what, ext))
	if err != nil {
		http.Error(w, "bad request: "+err.Error(), http.StatusBadRequest)
		return
	}
	versions, ok := p.versions(w, escaped)
	if !ok {
		return
	}
	m, ok := p.store.Module(versions[0].Path, version)
	if !ok {
		notFound(w, "%s@%s: unknown revision %s", versions[0].Path, version, version)
		return
	}
	switch ext {
	case ".info":
		write(w, "application/json", m.Info)
	case ".mod":
		write(w, "text/plain; charset=UTF-8", m.Mod)
	case ".zip":
		write(w, "application/zip", m.Zip)
	default:
		notFound(w, "%s@%s has no %s: expected .info, .mod or .zip", m.Path, version, ext)
	}
}

// list leaves out pseudo-versions, as the protocol asks.
func (p *moduleProxy) list(w http.ResponseWriter, escaped string) {
	versions, ok := p.versions(w, escaped)
	if !ok {
		return
	}
	var list strings.Builder
	for _, m := range versions {
		if !module.IsPseudoVersion(m.Version) {
			fmt.Fprintln(&list, m.Version)
		}
	}
	write(w, "text/plain; charset=UTF-8", []byte(list.String()))
}

// versions are the versions of a module, of which there is at least one where
// ok is true. Else it has answered.
func (p *moduleProxy) versions(w http.ResponseWriter, escaped string) (versions []Module, ok bool) {
	modulePath, err := module.UnescapePath(strings.TrimPrefix(escaped, "/"))
	if err != nil {
		http.Error(w, "bad request: "+err.Error(), http.StatusBadRequest)
		return nil, false
	}
	versions = p.store.versions(modulePath)
	if len(versions) == 0 {
		notFound(w, "module %s: no such module here", modulePath)
	}
	return versions, len(versions) > 0
}

// notFound is an answer that cmd/go shows with its text, and after which it
// asks the next proxy of its list.
func notFound(w http.ResponseWriter, format string, args ...any) {
	http.Error(w, "not found: "+fmt.Sprintf(format, args...), http.StatusNotFound)
}

func write(w http.ResponseWriter, contentType string, data []byte) {
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(data) // fails only when the client is gone
}
