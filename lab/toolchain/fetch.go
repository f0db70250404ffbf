package toolchain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/lab/scratch"
)

// module is the module whose versions are the releases, versions before the
// release and the system in their names (https://go.dev/doc/toolchain#download).
const (
	module   = "golang.org/toolchain"
	versions = "v0.0.1-"
)

// fetcher runs the go command that fetches, below a folder of its own.
type fetcher struct {
	client *client.Client
	tool   string
	env    []string
}

// fetch puts a release at root. Its work is done in a folder of its own beside
// it, which the next process removes, with the go command in it, where this one
// is killed.
func (c *Cache) fetch(ctx context.Context, release, root string) (err error) {
	unfinished, err := scratch.Open(c.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unfinished.Close()) }()
	f, err := newFetcher(c.Go, filepath.Join(unfinished.Path(), "fetch"))
	if err != nil {
		return err
	}
	f.env = append(f.env, scratch.Mark+"="+unfinished.Path())
	stop := c.watch(release, f.archives())
	defer func() { stop(err == nil) }()
	unpacked, err := f.download(ctx, release)
	if err != nil {
		return err
	}
	if err := repair(unpacked); err != nil {
		return err
	}
	return os.Rename(unpacked, root)
}

// newFetcher gives a go command a home of its own at dir and leaves it the
// user's environment otherwise: their module proxy, checksum database,
// credentials and way through a company's network are what go itself would
// fetch a toolchain with.
func newFetcher(tool, dir string) (*fetcher, error) {
	own, err := client.Bare(dir, os.Getenv("PATH"))
	if err != nil {
		return nil, err
	}
	f := &fetcher{client: own, tool: tool}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "XDG_") { // places in the user's home
			f.env = append(f.env, variable)
		}
	}
	f.env = append(f.env, usersFiles()...)
	f.env = append(f.env, own.Env()...)
	// A cache that can be removed without its files being made writable.
	f.env = append(f.env, "GOFLAGS=-modcacherw", "GO111MODULE=on", "GOWORK=off", "GOCACHE="+filepath.Join(dir, "gocache"))
	return f, nil
}

// usersFiles name the files in the user's home that say how to fetch, where
// the environment does not say it itself.
func usersFiles() (env []string) {
	if config, err := os.UserConfigDir(); err == nil && os.Getenv("GOENV") == "" {
		env = append(env, "GOENV="+filepath.Join(config, "go", "env"))
	}
	netrc := ".netrc"
	if runtime.GOOS == "windows" {
		netrc = "_netrc"
	}
	if home, err := os.UserHomeDir(); err == nil && os.Getenv("NETRC") == "" {
		env = append(env, "NETRC="+filepath.Join(home, netrc))
	}
	return env
}

// archives is the folder in which a toolchain's archive grows while it is
// fetched.
func (f *fetcher) archives() string {
	return filepath.Join(f.client.ModCache(), "cache", "download", filepath.FromSlash(module), "@v")
}

// run runs the go command and decodes the JSON that it prints. Its error is
// that of the command where that printed none.
func (f *fetcher) run(ctx context.Context, into any, args ...string) error {
	cmd := exec.CommandContext(ctx, f.tool, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = f.env, f.client.Home(), time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	failed := cmd.Run()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := json.Unmarshal(stdout.Bytes(), into); err != nil {
		return fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), errors.Join(failed, err), bytes.TrimSpace(stderr.Bytes()))
	}
	return nil
}

// download fetches, verifies and unpacks a release and returns its folder.
func (f *fetcher) download(ctx context.Context, release string) (string, error) {
	var answer struct{ Dir, Error string }
	if err := f.run(ctx, &answer, "mod", "download", "-json", module+"@"+versions+place(release)); err != nil {
		return "", err
	}
	if answer.Error == "" {
		return answer.Dir, nil
	}
	known, err := f.known(ctx)
	if err != nil || known[release] {
		return "", unreachable(release, answer.Error)
	}
	var near []string
	for _, r := range nearest(release, slices.Collect(maps.Keys(known))) {
		near = append(near, strings.TrimPrefix(r, "go"))
	}
	system := runtime.GOOS + "/" + runtime.GOARCH
	if near == nil {
		return "", fmt.Errorf("%w: the module proxy has none at all for %s", ErrUnknown, system)
	}
	return "", fmt.Errorf("%w: %s for %s; the nearest that the module proxy has is %s", ErrUnknown, release, system, strings.Join(near, " or "))
}

// unreachable says what else can be done about a release that cannot be had.
func unreachable(release, text string) error {
	return fmt.Errorf(`cannot fetch %s: %s
It comes through the module proxy of GOPROXY and is verified with the checksum
database of GOSUMDB, as go env has them; both must answer, and GOSUMDB must not be
off. A release that is installed here needs neither: give --go the path of its
go command`, release, strings.TrimSpace(text))
}

// known are the releases that the module proxy has for this system.
func (f *fetcher) known(ctx context.Context) (map[string]bool, error) {
	var answer struct{ Versions []string }
	if err := f.run(ctx, &answer, "list", "-m", "-json", "-versions", module); err != nil {
		return nil, err
	}
	releases := map[string]bool{}
	for _, v := range answer.Versions {
		if release, ok := strings.CutSuffix(v, place("")); ok {
			releases[strings.TrimPrefix(release, versions)] = true
		}
	}
	return releases, nil
}
