package export

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Export is a world or a run, written down.
type Export struct {
	Files Tree
	Notes []string // what differs from the world, which README.md says too
}

// Tree is files by path, with slashes.
type Tree map[string]File

// File is one file of an export.
type File struct {
	Data []byte
	Mode fs.FileMode // zero means 0644
}

// The modes of what is not for everybody to read, or is to be run.
const (
	secret     fs.FileMode = 0o600
	executable fs.FileMode = 0o755
)

// manifest lists what an export wrote, a path a line.
const manifest = ".tlslab-export"

// add puts text at a path.
func (t Tree) add(name, text string) { t[name] = File{Data: []byte(text)} }

// Write writes the tree into dir, which it makes where it is missing, and
// touches nothing outside of it, not by way of links either. It refuses a dir
// that is not empty. With replace it removes there what an earlier export has
// written, and leaves everything else alone.
func (t Tree) Write(dir string, replace bool) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	defer func() {
		if err = errors.Join(err, root.Close()); err != nil {
			err = fmt.Errorf("-o %s: %w", dir, err)
		}
	}()
	if err := t.clear(root, replace); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(t))
	for _, name := range names {
		if err := write(root, name, t[name]); err != nil {
			return err
		}
	}
	return write(root, manifest, File{Data: []byte(strings.Join(names, "\n") + "\n")})
}

// clear makes room for the tree.
func (t Tree) clear(root *os.Root, replace bool) error {
	entries, err := fs.ReadDir(root.FS(), ".")
	switch {
	case err != nil:
		return err
	case len(entries) == 0:
		return nil
	case !replace:
		return fmt.Errorf("the folder is not empty: it has %s; name another one, or add --force to replace an earlier export", entries[0].Name())
	}
	list, err := root.ReadFile(manifest)
	if err != nil {
		return fmt.Errorf("the folder holds no earlier export, which --force could replace (it has %s and no %s); name another one", entries[0].Name(), manifest)
	}
	earlier := strings.Split(strings.TrimSpace(string(list)), "\n")
	for name := range t {
		_, err := root.Lstat(filepath.FromSlash(name))
		if err == nil && !slices.Contains(earlier, name) {
			return fmt.Errorf("%s is in the way, and no export has written it; move it away", name)
		}
	}
	for _, name := range append(earlier, manifest) {
		if err := root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		removeEmpty(root, path.Dir(name))
	}
	return nil
}

// removeEmpty removes a folder, and those around it, as far as they are empty.
func removeEmpty(root *os.Root, dir string) {
	for ; dir != "." && dir != "/" && root.Remove(filepath.FromSlash(dir)) == nil; dir = path.Dir(dir) {
	}
}

func write(root *os.Root, name string, file File) error {
	name = filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	mode := file.Mode
	if mode == 0 {
		mode = 0o644
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(file.Data)
	return errors.Join(err, f.Close())
}
