package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
	"github.com/tlslab/tlslab/lab/clock"
	"github.com/tlslab/tlslab/scenarios"
)

type sandbox struct{ reserve }

// Available opens a sandbox and runs a command in it. It leaves no process
// waiting.
func (*sandbox) Available(context.Context) error { return selfTest() }

var selfTest = sync.OnceValue(func() error {
	exit, err := try(backend.Command{Args: []string{boot.Name}, Dir: "/"}, "/proc/self/exe")
	if err == nil && exit != 0 {
		err = fmt.Errorf("a command that must succeed ended with status %d", exit)
	}
	if err != nil {
		return fmt.Errorf("no sandbox: %w", explain(err, kernelSetting))
	}
	return nil
})

// clockTest has a command run with a wrong clock in a sandbox of this machine,
// if it can have one. What keeps the harness from setting a clock need not keep
// a first process from it, nor the other way round.
var clockTest = sync.OnceValue(func() error {
	if selfTest() != nil {
		return nil // which Available says
	}
	return clock.Probe(func(path string, argv []string, offset time.Duration) (string, error) {
		var stdout bytes.Buffer
		exit, err := try(backend.Command{Args: argv, Dir: "/", Stdout: &stdout, Clock: offset}, path)
		if err == nil && exit != 0 {
			err = fmt.Errorf("it ended with status %d", exit)
		}
		return stdout.String(), err
	})
})

// try plays the smallest world: one name on port 443 and one command, of the
// program at path. It has a deadline of its own, since its result is
// everyone's.
func try(c backend.Command, path string) (exit int, err error) {
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	dir, err := os.MkdirTemp("", "tlslab-sandbox-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	address := backend.Address{Host: "selftest.test", Port: "443"}
	m, err := new(reserve).open(ctx, backend.Plan{Dir: dir, Addresses: []backend.Address{address}})
	if err != nil {
		return 0, err
	}
	defer func() {
		if closeErr := m.Close(); err == nil {
			err = closeErr
		}
	}()
	return m.Start(ctx, path, c)
}

// Expresses refuses files where the sandbox has nothing of its own to put
// them, addresses that are not a machine's, and a wrong clock where none can
// be set.
func (*sandbox) Expresses(w *scenarios.World) error {
	if w.Client.Image != "" {
		return errors.New("client.image: only a container is made of one; take --backend container")
	}
	if err := guest.Expresses(w, hasIPv6()); err != nil {
		return err
	}
	if w.Client.Clock != "" {
		if err := clockTest(); err != nil {
			return fmt.Errorf("client.clock: %w", err)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(w.Client.Files)) {
		if !filepath.IsAbs(path) {
			continue
		}
		if err := placeable(path); err != nil {
			return fmt.Errorf("client file %s: %w", path, err)
		}
	}
	return nil
}

func hasIPv6() bool { return kernelSetting("net/ipv6/conf/all/disable_ipv6") != "" }
