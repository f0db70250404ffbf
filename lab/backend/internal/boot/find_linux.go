package boot

import (
	"errors"
	"os"
	"strings"
)

// find looks a program up that is named without a folder, in PATH of env, as
// execvp(3) does. Folders that are not absolute do not count.
func find(name string, env []string) (path string, err error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	folders := ""
	for _, variable := range env {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			folders = value
		}
	}
	for folder := range strings.SplitSeq(folders, ":") {
		path := folder + "/" + name
		info, err := os.Stat(path)
		if strings.HasPrefix(folder, "/") && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", errors.New(name + ": executable file not found in the client's PATH, " + `"` + folders + `"`)
}
