package backend

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// LookPath finds the program of c as its own environment names it, not this
// process's. A name that holds a separator is taken from c.Dir. The error
// wraps [exec.ErrNotFound].
func LookPath(c Command) (string, error) {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return "", errors.New("a command without a program: its first word must be one")
	}
	name := c.Args[0]
	if strings.ContainsRune(name, filepath.Separator) || strings.Contains(name, "/") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(c.Dir, name)
		}
		return exec.LookPath(name)
	}
	path := getenv(c.Env, "PATH")
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue // like exec.LookPath, never the folder the command runs in
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s: %w; the client's PATH is %q: install it in one of these folders", name, exec.ErrNotFound, path)
}

// getenv is the last value of key, which is the one that counts.
func getenv(env []string, key string) (value string) {
	for _, pair := range env {
		k, v, _ := strings.Cut(pair, "=")
		if k == key || runtime.GOOS == "windows" && strings.EqualFold(k, key) {
			value = v
		}
	}
	return value
}
