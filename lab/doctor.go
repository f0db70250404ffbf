package lab

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/scratch"
	"github.com/tlslab/tlslab/lab/toolchain"
)

// Check is one thing that this machine has or lacks.
type Check struct {
	Name   string
	Passed bool
	Detail string // what was found, or what is missing and what follows from that
}

// Examine tries what this machine can play. Its error wraps [ErrUnavailable]
// where it can play nothing at all; the checks tell why.
func Examine(ctx context.Context) ([]Check, error) {
	checks, err := examineTool(ctx)
	checks = append(checks, examineReleases())
	able := false
	for _, b := range backend.All() {
		check := Check{Name: b.Name() + " backend", Passed: true, Detail: "works here"}
		if err := b.Available(ctx); err != nil {
			check.Passed, check.Detail = false, err.Error()
		}
		able = able || check.Passed
		checks = append(checks, check)
	}
	for _, program := range programs {
		checks = append(checks, program.check())
	}
	if err != nil || !able {
		return checks, fmt.Errorf("%w play anything; see above", ErrUnavailable)
	}
	return checks, ctx.Err()
}

// examineTool tries what every backend needs: a folder and a go command.
func examineTool(ctx context.Context) ([]Check, error) {
	dir, err := scratch.Open("")
	if err != nil {
		return []Check{{Name: "temporary folder", Detail: err.Error()}}, err
	}
	folder := Check{Name: "temporary folder", Passed: true, Detail: filepath.Dir(dir.Path())}
	find := finder{dir: filepath.Join(dir.Path(), "tools")}
	tool, err := find.find(ctx, Local)
	command := Check{Name: "go", Passed: err == nil, Detail: tool.Version + " at " + tool.Path}
	if err != nil {
		command.Detail = err.Error()
	}
	return []Check{folder, command}, errors.Join(err, dir.Close())
}

// examineReleases says which other releases are in the lab's cache, and how to
// get rid of them.
func examineReleases() Check {
	check := Check{Name: "releases of Go"}
	dir, err := toolchain.DefaultDir()
	cache := toolchain.Cache{Dir: dir}
	var kept []string
	if err == nil {
		kept, err = cache.Kept()
	}
	switch {
	case err != nil:
		check.Detail = err.Error()
	case kept == nil:
		check.Passed, check.Detail = true, "none fetched yet; --go 1.19.13 fetches one into "+dir
	default:
		check.Passed, check.Detail = true, fmt.Sprintf("%s in %s, which can be removed whenever nothing runs", strings.Join(kept, ", "), dir)
	}
	return check
}

// program is a command that some scenarios run.
type program struct{ name, use string }

var programs = []program{
	{"git", "scenarios that fetch from repositories"},
	{"update-ca-certificates", "trials that install a root on the system, in the sandbox"},
	{"curl", "comparing another client in tlslab shell"},
	{"openssl", "looking at chains in tlslab shell"},
}

func (p program) check() Check {
	path, err := exec.LookPath(p.name)
	if errors.Is(err, exec.ErrNotFound) {
		return Check{Name: p.name, Detail: "not on PATH; needed for " + p.use}
	}
	return Check{Name: p.name, Passed: true, Detail: path}
}
