package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
)

// debianRecipe is what debootstrap is given.
const (
	debianSuite    = "bookworm"
	debianPackages = "ca-certificates,git,curl,openssl,nginx"
	debianRecipe   = "debootstrap 1 " + debianSuite + " " + debianPackages
)

// notKept are the parts of a fresh Debian that no world needs.
var notKept = []string{"./dev/*", "./proc/*", "./sys/*", "./var/cache/apt/*", "./var/lib/apt/lists/*", "./usr/share/doc/*", "./usr/share/man/*", "./usr/share/locale/*"}

func debianPossible() error {
	if os.Getuid() != 0 {
		return errors.New("it is made by debootstrap, which only root can run: run tlslab once as root, or have somebody do so; Docker keeps the image for all")
	}
	for _, program := range []string{"debootstrap", "unshare", "tar"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s, by which it is made, is not on PATH: `apt-get install debootstrap` where this is Debian or Ubuntu", program)
		}
	}
	return nil
}

// makeDebian bootstraps a Debian. Its mounts are in a namespace of their own,
// so that they are gone however it ends.
func makeDebian(ctx context.Context, told func(string)) (io.ReadCloser, error) {
	dir, err := os.MkdirTemp("", "tlslab-debian-")
	if err != nil {
		return nil, err
	}
	root := filepath.Join(dir, "root")
	var said bytes.Buffer
	exit, err := backend.Run(ctx, backend.Command{
		Args: []string{"unshare", "--mount", "--propagation", "private", "--",
			"debootstrap", "--variant=minbase", "--include=" + debianPackages, debianSuite, root},
		Dir: "/", Env: debianEnv(), Stdout: io.MultiWriter(&said, &lines{told: told}), Stderr: &said,
	})
	if err == nil && exit != 0 {
		err = fmt.Errorf("debootstrap exited %d: %s", exit, lastLines(said.String(), 5))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	told("giving it to Docker")
	archive, in := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		args := []string{"tar", "--create", "--numeric-owner", "--directory", root}
		for _, name := range notKept {
			args = append(args, "--exclude", name)
		}
		var complaint bytes.Buffer
		exit, err := backend.Run(ctx, backend.Command{Args: append(args, "."), Dir: "/", Env: debianEnv(), Stdout: in, Stderr: &complaint})
		if err == nil && exit != 0 {
			err = fmt.Errorf("tar exited %d: %s", exit, lastLines(complaint.String(), 5))
		}
		in.CloseWithError(err)
	}()
	return &made{archive, func() error { <-ended; return os.RemoveAll(dir) }}, nil
}

// debianEnv is the environment of what makes a Debian: where programs are, and
// by which proxy this machine reaches a mirror.
func debianEnv() []string {
	env := []string{"PATH=" + systemPath, "HOME=/root", "LC_ALL=C"}
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy"} {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// made is an archive that takes what it is made of with it.
type made struct {
	*io.PipeReader
	remove func() error
}

func (m *made) Close() error { return errors.Join(m.PipeReader.Close(), m.remove()) }

// lines tells of what is written to it a line a second.
type lines struct {
	told func(string)
	last time.Time
}

func (l *lines) Write(text []byte) (int, error) {
	if time.Since(l.last) > time.Second {
		l.last = time.Now()
		l.told(strings.TrimPrefix(lastLines(string(text), 1), "I: "))
	}
	return len(text), nil
}

func lastLines(text string, n int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
