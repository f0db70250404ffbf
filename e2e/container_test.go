//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Without Docker a run that asks for containers ends at once, with a line that
// says what to do; one that does not ask skips what needs an image.
func TestNoDocker(t *testing.T) {
	env := []string{"DOCKER_HOST=unix:///nonexistent.sock"}
	begun := time.Now()
	asked := invoke(t, env, "run", "--backend", "container", "chain/root-included")
	assert.Less(t, time.Since(begun), 3*time.Second)
	assert.Equal(t, 3, asked.exit)
	assert.Contains(t, asked.stderr, "install Docker")
	assert.Equal(t, 1, strings.Count(asked.stderr, "\n"), asked.stderr)

	file := filepath.Join(t.TempDir(), "image.yaml")
	world := strings.Replace(sound, "run: go get", "image: scratch\n    run: go get", 1)
	require.NoError(t, os.WriteFile(file, []byte(world), 0o600))
	skipped := invoke(t, env, "run", "--json", file)
	assert.Equal(t, 0, skipped.exit, skipped.stderr)
	for _, trial := range decodeTrials(t, skipped.stdout) {
		assert.Equal(t, "skipped", trial["verdict"])
		assert.Contains(t, trial["why"], "install Docker")
	}
}

// However a run in containers ends, nothing of it is left: no container, no
// network, no folder, no process.
func TestContainerEndings(t *testing.T) {
	for _, backend := range []string{"container", "container-servers"} {
		for name, signal := range map[string]syscall.Signal{"interrupt": syscall.SIGINT, "kill -9": syscall.SIGKILL} {
			t.Run(backend+"/"+name, func(t *testing.T) {
				newLab(t, labOn(backend))
				before := inDocker(t)
				tmp := t.TempDir()
				file := filepath.Join(t.TempDir(), "endless.yaml")
				world := strings.Replace(sound, "run: go get example.test/hello@v1.0.0", `run: [sh, -c, 'echo >up; exec sleep 86399']`, 1)
				require.NoError(t, os.WriteFile(file, []byte(world), 0o600))
				cmd := command(t, tmp, nil, "run", "--backend", backend, file)
				require.NoError(t, cmd.Start())
				require.Eventually(t, func() bool {
					up, _ := filepath.Glob(filepath.Join(tmp, "tlslab-*", "*", "client-*", "app", "up"))
					return len(up) > 0
				}, time.Minute, 10*time.Millisecond, "the client's command runs")

				require.NoError(t, cmd.Process.Signal(signal))
				_ = cmd.Wait()
				if signal == syscall.SIGKILL {
					next := finish(t, command(t, tmp, nil, "run", "--backend", backend, "chain/root-included"))
					require.Equal(t, 0, next.exit, next.stderr)
				} else {
					assert.Equal(t, 130, cmd.ProcessState.ExitCode())
				}
				// The daemon removes the container of a killed harness by itself.
				assert.Eventually(t, func() bool { return inDocker(t) == before }, 20*time.Second, 50*time.Millisecond, "left in Docker")
				left, err := os.ReadDir(tmp)
				require.NoError(t, err)
				assert.Empty(t, left)
			})
		}
	}
}

// inDocker are the lab's containers and networks, but those of other live
// harnesses.
func inDocker(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, kind := range []string{"container", "network"} {
		args := []string{kind, "ls", "--filter", "label=tlslab.harness", "--format", `{{.ID}}={{.Label "tlslab.harness"}}`}
		if kind == "container" {
			args = append(args, "--all")
		}
		out, err := exec.Command("docker", args...).Output()
		if err != nil {
			t.Skip("the docker command: ", err)
		}
		for line := range strings.Lines(string(out)) {
			_, mark, marked := strings.Cut(line, "=")
			pid, _, _ := strings.Cut(mark, " ")
			if _, err := strconv.Atoi(pid); marked && err == nil && pid != strconv.Itoa(os.Getpid()) && alive(pid) {
				continue
			}
			all.WriteString(line)
		}
	}
	return all.String()
}

func alive(pid string) bool {
	_, err := os.Stat("/proc/" + pid)
	return err == nil
}
