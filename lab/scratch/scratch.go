// Package scratch keeps everything temporary of the lab in one folder a
// process, which is removed at the end; the folders of processes that were
// killed are removed by the next one.
package scratch

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/gofrs/flock"
)

const (
	prefix   = "tlslab-"
	lockName = "lock"
)

// Mark is the environment variable that the lab's commands carry, with the path
// of the scratch folder of their process. By it the sweep knows those that
// outlived a killed harness.
const Mark = "TLSLAB_SCRATCH"

// Dir is the scratch folder of one process. Its methods are safe for
// concurrent use.
type Dir struct {
	path string
	lock *flock.Flock
	next atomic.Int64
}

// Open makes a scratch folder below tmp, readable by its owner alone, and
// sweeps the folders that killed processes of the same user left there. An
// empty tmp means TMPDIR, else on Linux a folder in memory where there is a fit
// one, else [os.TempDir].
func Open(tmp string) (*Dir, error) {
	if tmp == "" {
		tmp = cmp.Or(memory(), os.TempDir())
	}
	sweep(tmp)
	for {
		dir, err := create(tmp)
		if !errors.Is(err, errSwept) {
			return dir, err
		}
	}
}

// errSwept says that another process swept the folder before it was locked.
var errSwept = errors.New("swept before it was locked")

func create(tmp string) (*Dir, error) {
	path, err := os.MkdirTemp(tmp, prefix)
	if err != nil {
		return nil, fmt.Errorf("no temporary folder: %w; set TMPDIR to a folder that you can write to", err)
	}
	// Clients print and compare paths; a symlinked temporary folder (darwin)
	// must not give this one two names.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	lock := flock.New(filepath.Join(path, lockName))
	held, err := lock.TryLock()
	switch {
	case err != nil && missing(path), err == nil && (!held || missing(lock.Path())):
		return nil, errors.Join(errSwept, lock.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("cannot lock the temporary folder %s: %w", path, err), os.RemoveAll(path))
	}
	return &Dir{path: path, lock: lock}, nil
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Path is the folder itself.
func (d *Dir) Path() string { return d.path }

// New makes an empty folder in d.
func (d *Dir) New() (string, error) {
	path := filepath.Join(d.path, strconv.FormatInt(d.next.Add(1), 10))
	return path, os.Mkdir(path, 0o700)
}

// Close removes the folder and all that is in it.
func (d *Dir) Close() error {
	return errors.Join(Remove(d.path), d.lock.Close())
}

// Remove removes a tree, including the read-only folders of a module cache.
func Remove(path string) error {
	err := os.RemoveAll(path)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	err = filepath.WalkDir(path, func(p string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			return os.Chmod(p, 0o700)
		}
		return err
	})
	return errors.Join(err, os.RemoveAll(path))
}

// sweep removes the scratch folders in tmp whose process is gone, and what that
// process left running: those whose lock can be had. Folders of others cannot be locked and are left alone.
func sweep(tmp string) {
	locks, _ := filepath.Glob(filepath.Join(tmp, prefix+"*", lockName))
	for _, path := range locks {
		if dir, err := os.Lstat(filepath.Dir(path)); err != nil || !dir.IsDir() || !owned(dir) {
			continue
		}
		lock := flock.New(path)
		if free, err := lock.TryLock(); err == nil && free {
			endProcesses(filepath.Dir(path))
			_ = Remove(filepath.Dir(path))
		}
		_ = lock.Close()
	}
}
