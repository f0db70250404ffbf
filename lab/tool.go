package lab

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/lab/toolchain"
)

// Local stands for the go command on PATH among [Options.Go].
const Local = "local"

// Tool is a go command.
type Tool struct {
	Path    string // absolute
	Version string // as "go1.26.8"; "unknown" where the command does not tell
}

// finder finds go commands by what people call them with.
type finder struct {
	dir     string // for the homes in which commands are asked for their release
	fetched func(toolchain.Progress)
	asked   int
}

// findAll finds the command of every word, each once.
func (f *finder) findAll(ctx context.Context, words []string) ([]Tool, error) {
	if len(words) == 0 {
		words = []string{Local}
	}
	var tools []Tool
	for _, word := range words {
		tool, err := f.find(ctx, word)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(tools, tool) {
			tools = append(tools, tool)
		}
	}
	return tools, nil
}

// likeRelease is what somebody may have meant for one.
var likeRelease = regexp.MustCompile(`^(go)?[0-9][0-9a-z.]*$`)

func (f *finder) find(ctx context.Context, word string) (Tool, error) {
	release, ok := toolchain.Parse(word)
	switch {
	case ok:
		return f.release(ctx, release)
	case likeRelease.MatchString(word):
		return Tool{}, fmt.Errorf("%q is no release of Go; expected one such as 1.14.15 or 1.26.8", word)
	case word == "" || word == Local:
		word = "go"
	}
	return f.command(ctx, word)
}

// release finds a release: the go command on PATH where it is that, else one
// in the lab's cache, fetched where it is not there yet.
func (f *finder) release(ctx context.Context, release string) (Tool, error) {
	local, err := f.command(ctx, "go")
	if err == nil && local.Version == release {
		return local, nil
	}
	dir, err := toolchain.DefaultDir()
	if err != nil {
		return Tool{}, fmt.Errorf("%w use %s: %w", ErrUnavailable, release, err)
	}
	cache := toolchain.Cache{Dir: dir, Go: local.Path, Told: f.fetched}
	path, err := cache.Get(ctx, release)
	switch {
	case errors.Is(err, toolchain.ErrUnknown), ctx.Err() != nil:
		return Tool{}, err
	case err != nil:
		return Tool{}, fmt.Errorf("%w use %s: %w", ErrUnavailable, release, err)
	}
	tool, err := f.command(ctx, path)
	if err == nil && tool.Version != release {
		err = fmt.Errorf("%w use %s: %s says that it is %s; remove that folder", ErrUnavailable, release, path, tool.Version)
	}
	return tool, err
}

// command looks a command up and asks it for its release. One that answers
// nonsense is used all the same: the trials show what it is.
func (f *finder) command(ctx context.Context, name string) (Tool, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return Tool{}, fmt.Errorf("%w find the go command: %w; install Go or put it on PATH", ErrUnavailable, err)
	}
	if path, err = calledGo(path); err != nil {
		return Tool{}, err
	}
	f.asked++
	asking, err := client.Bare(filepath.Join(f.dir, strconv.Itoa(f.asked)), client.Path(path))
	if err != nil {
		return Tool{}, err
	}
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env, cmd.Dir = asking.Env(), asking.Work()
	out, err := cmd.Output()
	if err := ctx.Err(); err != nil {
		return Tool{}, err
	}
	tool := Tool{Path: path, Version: "unknown"}
	if fields := strings.Fields(string(out)); err == nil && len(fields) > 2 && fields[0] == "go" && fields[1] == "version" {
		tool.Version = fields[2]
	}
	return tool, nil
}

// calledGo is path, or what it is a link to, where that is called go: a client
// runs its command by that name.
func calledGo(path string) (string, error) {
	isGo := func(path string) bool { return strings.TrimSuffix(filepath.Base(path), ".exe") == "go" }
	if isGo(path) {
		return path, nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil && isGo(target) {
		return target, nil
	}
	return "", fmt.Errorf("%s: expected a command that is called go, as clients run it by that name; give the one in the release's bin folder, or the release alone, as 1.19.13", path)
}
