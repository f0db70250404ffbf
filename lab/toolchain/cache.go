package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/tlslab/tlslab/lab/scratch"
)

// Env is the environment variable that moves the lab's cache.
const Env = "TLSLAB_CACHE"

// ErrUnknown is wrapped by the error about a release that the module proxy
// does not have.
var ErrUnknown = errors.New("no such release of Go")

// Cache keeps releases, a folder each below Dir. Several processes can use it
// at once. A release that is there is whole: it is moved into place when
// everything of it has been unpacked and verified.
type Cache struct {
	// Dir is the cache's folder. It is made when something is fetched.
	Dir string

	// Go is the path of the go command that fetches, at least 1.21: older
	// ones do not verify toolchains. Empty means that nothing can be fetched.
	Go string

	// Told is called about once a second while something is fetched, and once
	// at the end. Nil tells nobody.
	Told func(Progress)
}

// Progress is how far a fetch has come.
type Progress struct {
	Release string
	Bytes   int64 // of the archive that have arrived
	Took    time.Duration
	Done    bool // whether it has arrived; a fetch that fails has no such end
}

// DefaultDir is the folder that [Env] names, else the one for caches of this
// system and user, with the part for releases.
func DefaultDir() (string, error) {
	base := os.Getenv(Env)
	if base == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no folder to keep releases of Go in: %w; set %s to one", err, Env)
		}
		base = filepath.Join(caches, "tlslab")
	}
	base, err := filepath.Abs(base)
	return filepath.Join(base, "toolchains"), err
}

// lockPoll is how often the lock of another process is looked at, since a wait
// for it in the kernel could not be interrupted.
const lockPoll = 100 * time.Millisecond

// Get returns the path of a release's go command, for this system. What is not
// in the cache is fetched. An error that wraps [ErrUnknown] names the releases
// that somebody may have meant.
func (c *Cache) Get(ctx context.Context, release string) (string, error) {
	root := filepath.Join(c.Dir, place(release))
	if command, ok := commandIn(root); ok {
		return command, nil
	}
	if c.Go == "" {
		return "", fmt.Errorf("%s is not in %s, and to fetch it takes a go command on PATH; install Go", release, c.Dir)
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return "", fmt.Errorf("no folder to keep %s in: %w; set %s to one that you can write to", release, err, Env)
	}
	lock := flock.New(filepath.Join(c.Dir, "lock"))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return "", fmt.Errorf("cannot lock %s: %w", lock.Path(), err)
	}
	defer lock.Close()
	if command, ok := commandIn(root); ok { // another process has fetched it meanwhile
		return command, nil
	}
	if err := c.fetch(ctx, release, root); err != nil {
		return "", err
	}
	command, ok := commandIn(root)
	if !ok {
		return "", errors.Join(fmt.Errorf("what the module proxy has as %s holds no go command", release), scratch.Remove(root))
	}
	return command, nil
}

// place is the name of a release's folder.
func place(release string) string {
	return release + "." + runtime.GOOS + "-" + runtime.GOARCH
}

func commandIn(root string) (string, bool) {
	command := filepath.Join(root, "bin", "go")
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	info, err := os.Stat(command)
	return command, err == nil && info.Mode().IsRegular()
}

// Kept are the releases that are in the cache, by folder, as
// go1.14.15.linux-amd64.
func (c *Cache) Kept() (releases []string, err error) {
	entries, err := os.ReadDir(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries {
		if _, ok := commandIn(filepath.Join(c.Dir, entry.Name())); ok {
			releases = append(releases, entry.Name())
		}
	}
	return releases, err
}

// size is the sum of the files below dir. What goes away meanwhile counts
// nothing.
func size(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}
