package servers

import (
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/module"
)

// NewGit serves the modules of store, other than toolchains, as git
// repositories at https://host/PATH: with the page that go asks for by
// ?go-get=1 (https://go.dev/ref/mod#vcs-find) and with the smart protocol of
// git http-backend. PATH is the module's path without a leading host, without
// its major version, whose tags are all in one repository, and without .git at
// its end, which requests may have or leave out. The repositories are made below
// dir by the git on PATH when they are first asked for. Errors: there is no git
// on PATH; a module has a pseudo-version, which would have to name a commit; or
// two modules want one PATH.
func NewGit(store *Store, dir, host string) (http.Handler, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("host %s serves git: no git on PATH: install git, or put it on PATH: %w", host, err)
	}
	g := &gitHost{host: host}
	for _, m := range store.Modules() {
		if m.Path == toolchainPath {
			continue
		}
		if module.IsPseudoVersion(m.Version) {
			return nil, fmt.Errorf("host %s serves git: module %s: expected a version that can be a tag, found a pseudo-version", host, m)
		}
		if err := g.add(m); err != nil {
			return nil, fmt.Errorf("host %s serves git: %w", host, err)
		}
	}
	for i, r := range g.repositories {
		r.prepare(git, filepath.Join(dir, strconv.Itoa(i)))
	}
	return g, nil
}

// gitHost is a host with repositories.
type gitHost struct {
	host         string
	repositories []*repository
}

// repository is the versions of modules that differ in their major version at
// most.
type repository struct {
	root     string // import path prefix, as in the go-import page
	path     string // below the host, with a leading slash
	versions []Module

	made    func() error // makes it, the first time
	backend http.Handler
}

func (g *gitHost) add(m Module) error {
	root, _, _ := module.SplitPathVersion(m.Path)
	path := "/" + strings.TrimSuffix(strings.TrimPrefix(root, g.host+"/"), ".git")
	i := slices.IndexFunc(g.repositories, func(r *repository) bool { return r.path == path })
	if i < 0 {
		i = len(g.repositories)
		g.repositories = append(g.repositories, &repository{root: root, path: path})
	}
	r := g.repositories[i]
	if r.root != root {
		return fmt.Errorf("module %s: its repository would be at %s, where that of %s is", m, path, r.root)
	}
	r.versions = append(r.versions, m)
	return nil
}

func (r *repository) prepare(git, dir string) {
	r.made = sync.OnceValue(func() error { return makeRepository(git, dir, r.versions) })
	r.backend = &cgi.Handler{
		Path:   git,
		Args:   []string{"http-backend"},
		Root:   r.path,
		Dir:    dir,
		Env:    append(gitEnv(dir), "GIT_PROJECT_ROOT="+dir, "GIT_HTTP_EXPORT_ALL=1"),
		Logger: log.New(io.Discard, "", 0),
		Stderr: io.Discard,
	}
}

func (g *gitHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	repository := g.find(r.URL.Path)
	if repository == nil {
		notFound(w, "no repository at %s%s", g.host, r.URL.Path)
		return
	}
	if r.URL.Query().Get("go-get") == "1" {
		g.page(w, repository)
		return
	}
	if err := repository.made(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, repository.path+".git"); ok {
		r = r.Clone(r.Context())
		r.URL.Path = repository.path + rest
	}
	repository.backend.ServeHTTP(w, r)
}

// find is the repository with the longest path that path lies in, or nil.
func (g *gitHost) find(path string) (found *repository) {
	for _, r := range g.repositories {
		within := strings.HasPrefix(path+"/", r.path+"/") || strings.HasPrefix(path+"/", r.path+".git/")
		if within && (found == nil || len(r.path) > len(found.path)) {
			found = r
		}
	}
	return found
}

func (g *gitHost) page(w http.ResponseWriter, r *repository) {
	content := html.EscapeString(fmt.Sprintf("%s git https://%s%s", r.root, g.host, r.path))
	write(w, "text/html; charset=utf-8", fmt.Appendf(nil,
		"<!DOCTYPE html>\n<html><head><meta name=\"go-import\" content=\"%s\"></head></html>\n", content))
}
