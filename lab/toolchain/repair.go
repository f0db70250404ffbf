package toolchain

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// repair makes an unpacked module zip the toolchain that it was packed from. A
// module zip keeps no modes, and a go.mod below its root would end the module,
// so it is called _go.mod (cmd/go does the same after unpacking).
func repair(root string) error {
	commands := []string{filepath.Join(root, "bin"), filepath.Join(root, "lib"), filepath.Join(root, "pkg", "tool")}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return os.Chmod(path, 0o755)
		case slices.ContainsFunc(commands, func(dir string) bool { return within(dir, path) }):
			return os.Chmod(path, 0o755)
		case entry.Name() == "_go.mod":
			return os.Rename(path, filepath.Join(filepath.Dir(path), "go.mod"))
		}
		return nil
	})
}

// within says whether path lies below dir.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
