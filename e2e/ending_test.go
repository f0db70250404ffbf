//go:build unix

package e2e

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However the program ends in mid-run, no process and no folder outlives it,
// after kill -9 at the latest until the next run.
func TestEndings(t *testing.T) {
	signals := map[string]syscall.Signal{"interrupt": syscall.SIGINT, "terminate": syscall.SIGTERM, "kill -9": syscall.SIGKILL}
	for _, backend := range inProcess {
		for name, signal := range signals {
			t.Run(backend+"/"+name, func(t *testing.T) {
				t.Parallel()
				newLab(t, labOn(backend))
				tmp := t.TempDir()
				file, fifo := endlessWorld(t)
				cmd := command(t, tmp, nil, "run", "--backend", backend, file)
				require.NoError(t, cmd.Start())
				ended := make(chan error, 1)
				go func() { ended <- cmd.Wait() }()
				client := awaitClient(t, fifo, ended)

				require.NoError(t, cmd.Process.Signal(signal))
				<-ended
				if signal == syscall.SIGKILL {
					next := finish(t, command(t, tmp, nil, "run", "--backend", backend, "chain/root-included"))
					require.Equal(t, 0, next.exit, next.stderr)
				} else {
					assert.Equal(t, 130, cmd.ProcessState.ExitCode())
				}
				// The end of the pipe comes when the last process of the
				// client that holds it is gone.
				_, err := io.Copy(io.Discard, client)
				require.NoError(t, err)
				left, err := os.ReadDir(tmp)
				require.NoError(t, err)
				assert.Empty(t, left)
			})
		}
	}
}

// endlessWorld is a world whose client opens fifo and never ends by itself, a
// child of its own included.
func endlessWorld(t *testing.T) (file, fifo string) {
	dir := t.TempDir()
	file, fifo = filepath.Join(dir, "endless.yaml"), filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	script := fmt.Sprintf("run: [sh, -c, 'exec 3>%s; sleep 86399; true']", fifo)
	world := strings.Replace(sound, "run: go get example.test/hello@v1.0.0", script, 1)
	require.NoError(t, os.WriteFile(file, []byte(world), 0o600))
	return file, fifo
}

// awaitClient returns when the client runs: opening a fifo for reading waits
// for its writer.
func awaitClient(t *testing.T, fifo string, ended <-chan error) *os.File {
	opened := make(chan *os.File, 1)
	go func() {
		if file, err := os.Open(fifo); err == nil {
			opened <- file
		}
	}()
	select {
	case file := <-opened:
		t.Cleanup(func() { file.Close() })
		return file
	case err := <-ended:
		require.FailNow(t, "the program ended before its client ran", "%v", err)
		return nil
	}
}
