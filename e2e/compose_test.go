package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/judge"
	"github.com/tlslab/tlslab/scenarios"
)

// composer runs Compose, of whichever version is here.
type composer struct{ command []string }

// needCompose finds Compose and a daemon that answers, or skips the test, or
// fails it where containers are required.
func needCompose(t *testing.T) composer {
	c, err := findCompose()
	if err == nil {
		return c
	}
	if os.Getenv("TLSLAB_REQUIRE_CONTAINERS") == "1" {
		require.NoError(t, err)
	}
	t.Skip(err)
	return c
}

func findCompose() (c composer, err error) {
	if runtime.GOOS != "linux" {
		return c, errors.New("the images hold programs of this machine, which has to be a Linux one")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", "version").CombinedOutput(); err != nil {
		return c, fmt.Errorf("no Docker here: %w: %s", err, bytes.TrimSpace(out))
	}
	if _, err := exec.LookPath("docker-compose"); err == nil {
		return composer{[]string{"docker-compose"}}, nil
	}
	if out, err := exec.Command("docker", "compose", "version").CombinedOutput(); err != nil {
		return c, fmt.Errorf("no Compose here: %w: %s", err, bytes.TrimSpace(out))
	}
	return composer{[]string{"docker", "compose"}}, nil
}

// docker runs a command that must succeed, and gives its standard output.
func docker(t testing.TB, args ...string) string {
	t.Helper()
	cmd := exec.Command("docker", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "docker %s: %s", strings.Join(args, " "), stderr.String())
	return strings.TrimSpace(string(out))
}

// leanGo is an image with a go command and nothing else, made here.
func leanGo(t *testing.T) string {
	root := runtimeGOROOT(t)
	dir := t.TempDir()
	bin := filepath.Join(dir, "go", "bin")
	for _, folder := range []string{bin, filepath.Join(dir, "go", "src"), filepath.Join(dir, "go", "pkg", "tool")} {
		require.NoError(t, os.MkdirAll(folder, 0o755))
	}
	for _, name := range []string{"bin/go", "go.env", "VERSION"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go", name), data, 0o755))
	}
	recipe := "FROM scratch\nCOPY go /usr/local/go\nENV PATH=/usr/local/go/bin\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(recipe), 0o600))
	image := fmt.Sprintf("tlslab-e2e-go-%d", os.Getpid())
	docker(t, "build", "--quiet", "--tag", image, dir)
	t.Cleanup(func() { docker(t, "rmi", image) })
	return image
}

func runtimeGOROOT(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// play brings an exported world up, gives what its client printed, and takes
// it down again.
func (c composer) play(t *testing.T, dir, image string) judge.Run {
	t.Helper()
	project := fmt.Sprintf("tlslabe2e%d%s", os.Getpid(), strings.ToLower(filepath.Base(filepath.Dir(dir))))
	compose := func(args ...string) (*exec.Cmd, *bytes.Buffer) {
		words := append(append(c.command[1:], "-p", project), args...)
		cmd := exec.Command(c.command[0], words...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "TLSLAB_CLIENT_IMAGE="+image)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd, &out
	}
	t.Cleanup(func() {
		down, out := compose("down", "--rmi", "local", "--volumes")
		require.NoError(t, down.Run(), out.String())
		for _, list := range [][]string{{"ps", "--all"}, {"network", "ls"}} {
			left := docker(t, append(list, "--quiet", "--filter", "label=com.docker.compose.project="+project)...)
			assert.Empty(t, left, list)
		}
		assert.NotContains(t, docker(t, "images", "--format", "{{.Repository}}"), project)
	})

	up, out := compose("up", "--build", "--exit-code-from", "client")
	err := up.Run()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		require.NoError(t, err)
	}
	id := docker(t, "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project="+project, "--filter", "label=com.docker.compose.service=client")
	require.NotEmpty(t, id, out.String())
	logs := exec.Command("docker", "logs", id)
	var stdout, stderr bytes.Buffer
	logs.Stdout, logs.Stderr = &stdout, &stderr
	require.NoError(t, logs.Run())
	return judge.Run{
		Exit: up.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String(),
		Context: judge.Context{Home: "/client/home"},
	}
}

// An exported world fails under Compose as it does in the lab: the exit status
// and the text of the client are the same.
func TestComposePlaysTheSame(t *testing.T) {
	c := needCompose(t)
	program := filepath.Join(t.TempDir(), "tlslab")
	build := exec.Command("go", "build", "-o", program, "../cmd/tlslab")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	image := leanGo(t)
	l, err := lab.New(t.Context(), lab.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })

	own := filepath.Join(t.TempDir(), "sound.yaml")
	text := strings.Replace(sound, "go get", "go mod download", 1) // which takes no standard library
	require.NoError(t, os.WriteFile(own, []byte(text), 0o600))
	for _, name := range []string{
		"chain/missing-intermediate",
		"interception/untrusted",
		"transport/reset-after-hello",
		"modules/proxy-quotes-its-upstreams-tls",
		own,
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s, err := scenarios.SelectOne(name)
			require.NoError(t, err)
			want, err := l.Play(t.Context(), lab.Case{Scenario: s})
			require.NoError(t, err)
			require.Equal(t, lab.AsExpected, want.Verdict, want.Why)
			dir := filepath.Join(t.TempDir(), "world")
			r := invoke(t, nil, "export", "compose", name, "-o", dir, "--program", program)
			require.Equal(t, 0, r.exit, r.stderr)

			got := c.play(t, dir, image)

			assert.Equal(t, want.Exit, got.Exit)
			assert.Equal(t, want.Normal, got.Normal(got.Stderr), "with the %s backend", want.Backend)
		})
	}
}
