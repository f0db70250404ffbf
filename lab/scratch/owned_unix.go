//go:build unix

package scratch

import (
	"io/fs"
	"os"
	"syscall"
)

// owned keeps the sweep away from folders that somebody else has put under a
// name of ours into a shared temporary folder.
func owned(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
