package scratch

import (
	"os"

	"golang.org/x/sys/unix"
)

// shared is where Linux keeps shared memory: a file system that every user can
// write to and that costs no disk.
const shared = "/dev/shm"

// enough is the free space in bytes that is needed there: a build with a cache
// of its own is the largest thing that a world does.
const enough = 1 << 30

// memory is a folder in memory where this machine has a fit one, else "". The
// lab's files are small, many and short-lived, and a disk's journal is most of
// what they cost.
func memory() string {
	var fs unix.Statfs_t
	if os.Getenv("TMPDIR") != "" {
		return "" // the user's own choice
	}
	if unix.Statfs(shared, &fs) != nil || fs.Type != unix.TMPFS_MAGIC || fs.Flags&unix.ST_NOEXEC != 0 {
		return ""
	}
	if fs.Bavail*uint64(fs.Bsize) < enough || unix.Access(shared, unix.W_OK|unix.X_OK) != nil {
		return ""
	}
	return shared
}
