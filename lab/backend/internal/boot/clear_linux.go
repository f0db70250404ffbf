package boot

import (
	"os"
	"syscall"
)

// clearFolder removes what is in a folder, but nothing of another file system
// that is mounted somewhere in it. A folder that is missing is empty.
func clearFolder(name string) error {
	var folder syscall.Stat_t
	switch err := syscall.Lstat(name, &folder); err {
	case nil:
		return clear(name, folder.Dev)
	case syscall.ENOENT:
		return nil
	default:
		return &os.PathError{Op: "lstat", Path: name, Err: err}
	}
}

func clear(folder string, device uint64) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := folder + "/" + entry.Name()
		var info syscall.Stat_t
		if err := syscall.Lstat(name, &info); err != nil {
			return &os.PathError{Op: "lstat", Path: name, Err: err}
		}
		if info.Dev != device {
			continue
		}
		if entry.IsDir() {
			if err := clear(name, device); err != nil {
				return err
			}
		}
		if err := os.Remove(name); err != nil && !isParentOfMount(err) {
			return err
		}
	}
	return nil
}

// isParentOfMount is true of a folder that has to stay since something in it
// does.
func isParentOfMount(err error) bool {
	pathError, ok := err.(*os.PathError)
	return ok && (pathError.Err == syscall.ENOTEMPTY || pathError.Err == syscall.EBUSY)
}
