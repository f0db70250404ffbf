package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// Module is one version of a module as a proxy serves it. Its bytes are shared
// by every store of the process and must not be changed.
type Module struct {
	Path, Version string

	Info []byte // JSON with Version and Time, https://go.dev/ref/mod#goproxy-protocol
	Mod  []byte // go.mod
	Zip  []byte // https://go.dev/ref/mod#zip-files

	files []file
	sums  []string
}

// String is path@version.
func (m Module) String() string { return m.Path + "@" + m.Version }

// committed is when every version was committed that does not say so itself.
var committed = time.Date(2024, time.March, 1, 12, 0, 0, 0, time.UTC)

// making is what a module is made from; nothing else has a say in its bytes.
type making struct {
	name     string
	tampered bool
}

var made sync.Map // of making to Module

// makeModule makes a module, or takes the one that the process already has.
func makeModule(from making) (Module, error) {
	if m, ok := made.Load(from); ok {
		return m.(Module), nil
	}
	version, err := parseName(from.name)
	if err != nil {
		return Module{}, err
	}
	m := Module{Path: version.Path, Version: version.Version}
	for _, fill := range []func(*Module, bool) error{fillFiles, fillInfo, fillZip, fillSums} {
		if err := fill(&m, from.tampered); err != nil {
			return Module{}, fmt.Errorf("module %s: %w", from.name, err)
		}
	}
	made.Store(from, m)
	return m, nil
}

// parseName reads path@version, both as https://go.dev/ref/mod#versions wants
// them.
func parseName(name string) (module.Version, error) {
	path, version, ok := strings.Cut(name, "@")
	if !ok {
		return module.Version{}, fmt.Errorf("module %q: expected path@version, such as example.test/hello@v1.0.0", name)
	}
	if err := module.Check(path, version); err != nil {
		return module.Version{}, fmt.Errorf("module %q: %w", name, err)
	}
	if strings.HasSuffix(version, "+incompatible") {
		return module.Version{}, fmt.Errorf("module %q: every module here has a go.mod, so version 2 and later need a path that ends in /v2 and so on, not +incompatible", name)
	}
	return module.Version{Path: path, Version: version}, nil
}

func fillFiles(m *Module, tampered bool) (err error) {
	m.Mod = fmt.Appendf(nil, "module %s\n\ngo 1.13\n", m.Path)
	m.files = packageFiles(*m, tampered)
	if m.Path == toolchainPath {
		m.Mod = fmt.Appendf(nil, "module %s\n", m.Path)
		m.files, err = toolchainFiles(*m, tampered)
	}
	return err
}

func fillInfo(m *Module, _ bool) (err error) {
	at := committed
	if module.IsPseudoVersion(m.Version) {
		if at, err = module.PseudoVersionTime(m.Version); err != nil {
			return err
		}
	}
	m.Info, err = json.Marshal(struct {
		Version string
		Time    time.Time
	}{m.Version, at})
	return err
}

func fillZip(m *Module, _ bool) error {
	var b bytes.Buffer
	files := make([]zip.File, len(m.files))
	for i, f := range m.files {
		files[i] = f
	}
	err := zip.Create(&b, module.Version{Path: m.Path, Version: m.Version}, files)
	m.Zip = b.Bytes()
	return err
}

// fillSums hashes as https://go.dev/ref/mod#go-sum-files says.
func fillSums(m *Module, _ bool) error {
	prefix := m.String() + "/"
	var names []string
	content := map[string]file{}
	for _, f := range m.files {
		names = append(names, prefix+f.name)
		content[prefix+f.name] = f
	}
	all, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return content[name].Open() })
	if err != nil {
		return err
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, func(name string) (io.ReadCloser, error) {
		return file{name, m.Mod}.Open()
	})
	m.sums = []string{
		fmt.Sprintf("%s %s %s", m.Path, m.Version, all),
		fmt.Sprintf("%s %s/go.mod %s", m.Path, m.Version, mod),
	}
	return err
}

// file is a file of a module in memory, a [zip.File].
type file struct {
	name string
	data []byte
}

func (f file) Path() string                 { return f.name }
func (f file) Lstat() (os.FileInfo, error)  { return fileInfo{f}, nil }
func (f file) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }

type fileInfo struct{ file }

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return int64(len(i.data)) }
func (i fileInfo) Mode() os.FileMode  { return 0o644 }
func (i fileInfo) ModTime() time.Time { return committed }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }
