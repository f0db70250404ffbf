package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tlslab/tlslab/scenarios"
)

// missingProgram says which program a world needs that is not on path.
func missingProgram(w *scenarios.World, path string) error {
	for _, host := range w.Hosts {
		if host.Serves == scenarios.Git && !onPath("git", path) {
			return fmt.Errorf("git is not on PATH, and a host of the world serves repositories; install git")
		}
	}
	for _, command := range append([]scenarios.Command{w.Client.Run}, w.Client.Before...) {
		if program := command[0]; !filepath.IsAbs(program) && !onPath(program, path) {
			return fmt.Errorf("%s is not on PATH, and the client runs it; install %s", program, program)
		}
	}
	return nil
}

func onPath(program, path string) bool {
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	for dir := range strings.SplitSeq(path, string(os.PathListSeparator)) {
		if info, err := os.Stat(filepath.Join(dir, program)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// RequireGit returns an error that wraps [ErrUnavailable] where one of cases
// needs git and there is none on PATH.
func (l *Lab) RequireGit(cases []Case) error {
	if _, err := exec.LookPath("git"); err == nil {
		return nil
	}
	for _, c := range cases {
		w, err := c.World()
		if err != nil {
			return err
		}
		if needsGit(w) {
			return fmt.Errorf("%w play %s %s: git is not on PATH; install git", ErrUnavailable, c.Scenario.ID, c.Name())
		}
	}
	return nil
}

func needsGit(w scenarios.World) bool {
	for _, host := range w.Hosts {
		if host.Serves == scenarios.Git {
			return true
		}
	}
	for _, command := range append([]scenarios.Command{w.Client.Run}, w.Client.Before...) {
		if command[0] == "git" {
			return true
		}
	}
	return false
}
