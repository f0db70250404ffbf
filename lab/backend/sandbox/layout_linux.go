package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

// layout writes the instructions that make the files of a sandbox. What the
// sandbox has of its own lies in one file system in memory, mounted over the
// plan's folder; it is gone with the sandbox, and nothing is written to disk.
type layout struct {
	own    string   // where the file system is mounted
	hidden []string // the folders it covers
	count  int      // of the parts that cover something
	script []boot.Words
}

// filesOf are the instructions for plan, whose hosts live in n.
func filesOf(plan backend.Plan, n *guest.Network) ([]boot.Words, error) {
	covered, err := folders()
	if err != nil {
		return nil, err
	}
	l := &layout{own: plan.Dir, hidden: covered}

	l.mount("tlslab", l.own, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=0755")

	// Links are resolved before anything is covered.
	files, err := l.resolve()
	if err != nil {
		return nil, err
	}
	for _, folder := range l.hidden {
		l.coverFolder(folder)
	}
	if err := l.system(files, n.Hosts()); err != nil {
		return nil, err
	}
	l.store(files, plan.Roots)
	own := map[string][]byte{}
	maps.Copy(own, plan.Files)
	for name, hosts := range plan.HostsFiles {
		if own[name], err = n.HostsFile(hosts); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return l.script, l.place(own)
}

func (l *layout) do(words ...string) { l.script = append(l.script, words) }

func (l *layout) mount(source, target, kind string, flags uintptr, data string) {
	l.do(boot.Mount, source, target, kind, strconv.FormatUint(uint64(flags), 10), data)
}

// next is a new path in the sandbox's own file system.
func (l *layout) next() string {
	l.count++
	return path.Join(l.own, strconv.Itoa(l.count))
}

func (l *layout) coverFolder(folder string) {
	own := l.next()
	l.do(boot.Mkdir, own)
	l.mount(own, folder, "", syscall.MS_BIND, "")
}

func (l *layout) coverFile(file, content string) {
	own := l.next()
	l.write(own, content)
	l.mount(own, file, "", syscall.MS_BIND, "")
}

func (l *layout) write(name, content string) {
	l.script = append(l.script, guest.Write(name, content)...)
}

// resolve gives the real paths of the files that the sandbox replaces; the
// machine does not have those that are missing from it.
func (l *layout) resolve() (map[string]string, error) {
	found := map[string]string{}
	for _, name := range slices.Concat(replaced, bundles) {
		resolved, err := filepath.EvalSymlinks(name)
		switch {
		case err == nil:
			found[name] = resolved
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return found, nil
}

// system makes the files by which names are looked up.
func (l *layout) system(files map[string]string, hosts string) error {
	if files[hostsFile] == "" || files[resolverFile] == "" {
		return fmt.Errorf("this machine lacks %s or %s: create an empty one, so that the sandbox can put its own there", hostsFile, resolverFile)
	}
	l.coverFile(files[hostsFile], hosts)
	l.coverFile(files[resolverFile], "nameserver 127.0.0.1\n")
	if nss := files[nssFile]; nss != "" {
		content, err := os.ReadFile(nss)
		if err != nil {
			return err
		}
		l.coverFile(nss, filesAndDNS(string(content)))
	}
	return nil
}

// store makes the system's trust store as Debian's update-ca-certificates
// would have left it, so that the real one, run inside, keeps the roots.
func (l *layout) store(files map[string]string, roots [][]byte) {
	bundle := string(backend.Bundle(roots))
	l.write(path.Join(storeFolder, backend.BundleName), bundle)
	covered := []string{}
	for _, name := range bundles[1:] {
		switch own := resolveDir(name); {
		case below(l.hidden, own):
			l.do(boot.Link, path.Join(storeFolder, backend.BundleName), own)
		case files[name] == "" || below(l.hidden, files[name]) || slices.Contains(covered, files[name]):
		default:
			l.coverFile(files[name], bundle)
			covered = append(covered, files[name])
		}
	}

	shared, err := filepath.EvalSymlinks(sharedFolder)
	if err != nil || files[sharedConf] == "" {
		return // no Debian: the bundles are all there is
	}
	script, conf := guest.DebianStore(shared, sharedFolder, storeFolder, roots)
	l.script = append(l.script, script...)
	l.coverFile(files[sharedConf], conf)
}

// place puts the world's files where placeable says that it can.
func (l *layout) place(files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := placeable(name); err != nil {
			return fmt.Errorf("putting %s into the sandbox: %w", name, err)
		}
		content := string(files[name])
		if below(l.hidden, resolveDir(name)) {
			l.do(boot.Mkdir, path.Dir(name))
			l.write(name, content)
			continue
		}
		resolved, err := filepath.EvalSymlinks(name)
		if err != nil {
			return err
		}
		l.coverFile(resolved, content)
	}
	return nil
}
