package container

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// systemPath is where images have their programs.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// loan is a Go release of this machine that a container is lent.
type loan struct {
	folders []string // to be seen under the same path
	bin     string   // the folder of the command
}

// lend finds what the go command at path needs: its GOROOT, and where the
// entries of that lead elsewhere, as in Debian's packages, these as well.
func lend(command string) loan {
	real, err := filepath.EvalSymlinks(command)
	if err != nil {
		real = command
	}
	root := filepath.Dir(filepath.Dir(real))
	if _, err := os.Stat(filepath.Join(root, "src")); err != nil || filepath.Base(filepath.Dir(real)) != "bin" {
		dir := filepath.Dir(command) // a command of somebody's own
		return loan{folders: []string{dir}, bin: dir}
	}
	t := loan{folders: []string{root}, bin: filepath.Dir(real)}
	entries, _ := os.ReadDir(root)
	for _, entry := range entries {
		target, err := filepath.EvalSymlinks(filepath.Join(root, entry.Name()))
		if err != nil || strings.HasPrefix(target, root+"/") {
			continue
		}
		if dir := filepath.Dir(target); !slices.Contains(t.folders, dir) {
			t.folders = append(t.folders, dir)
		}
	}
	return t
}
