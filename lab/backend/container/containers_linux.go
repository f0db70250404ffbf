package container

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
	"github.com/tlslab/tlslab/lab/clock"
	"github.com/tlslab/tlslab/scenarios"
)

// containers is one of the backends.
type containers struct {
	name   string
	shares bool // a container that a world leaves no traces in is used again

	mu     sync.Mutex
	idle   []*instance // sealed ones, between two worlds
	ending []string    // IDs of those that the daemon is to remove
}

// Available starts a container and has it call.
func (c *containers) Available(context.Context) error { return selfTest() }

var selfTest = sync.OnceValue(func() error {
	docker, err := docker()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), callback)
	defer cancel()
	if err := sweep(ctx, docker); err != nil {
		return fmt.Errorf("sweeping what killed runs left in Docker: %w", err)
	}
	ref, err := images["scratch"].get(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tlslab-container-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	i, err := start(ctx, request{image: ref, name: "client", scratch: dir})
	if err != nil {
		return fmt.Errorf("no container: %w", err)
	}
	return errors.Join(i.link.Close(), i.remove())
})

// hasIPv6 says whether this kernel, and so a container's network, has IPv6.
func hasIPv6() bool {
	_, err := os.Stat("/proc/sys/net/ipv6/conf/all/disable_ipv6")
	return err == nil
}

// Expresses refuses what Docker or the image has no place for.
func (c *containers) Expresses(w *scenarios.World) error {
	if err := guest.Expresses(w, hasIPv6()); err != nil {
		return err
	}
	if w.Client.Clock != "" {
		if err := clockable(); err != nil {
			return fmt.Errorf("client.clock: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Client.Files)) {
		if path.IsAbs(name) && (below(name, ownFolder) || below(name, "/proc") || below(name, "/sys") || below(name, "/dev")) {
			return fmt.Errorf("client file %s: a container has no place for it there", name)
		}
	}
	kind, err := imageOf(imageName(w))
	if err != nil {
		return err
	}
	return kind.runs(w)
}

func below(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// clockable says why no command in a container can have a wrong clock. The
// first process may look into commands of its own user alone.
func clockable() error {
	if os.Getuid() != 0 {
		return errors.New("only root can give a command in a container a wrong clock; take the sandbox")
	}
	return clock.Available()
}

// Open gives a container to the plan: one that has been used before where that
// makes no difference.
func (c *containers) Open(ctx context.Context, plan backend.Plan) (backend.Machine, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	kind, err := imageOf(plan.Image)
	if err != nil {
		return nil, err
	}
	r, err := requestFor(plan)
	if err != nil {
		return nil, err
	}
	if r.image, err = kind.get(ctx); err != nil {
		return nil, err
	}
	r.sealed = c.shares && kind.debian && plan.Image == "" && !leavesTraces(plan)
	for i := c.take(r); i != nil; i = c.take(r) {
		m, err := c.open(ctx, i, plan, kind)
		if !errors.Is(err, guest.ErrEnded) && !errors.Is(err, syscall.EADDRINUSE) {
			return machineOr(m, err)
		}
		// Somebody removed the container meanwhile, or a socket of the world
		// before is still open: a process that the harness forks has a copy of
		// each until it executes its program.
	}
	i, err := start(ctx, r)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	return machineOr(c.open(ctx, i, plan, kind))
}

// machineOr keeps a nil machine from becoming an interface that is not nil.
func machineOr(m *machine, err error) (backend.Machine, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

func requestFor(plan backend.Plan) (request, error) {
	scratch := plan.Scratch
	if scratch == "" {
		scratch = plan.Dir
	}
	scratch, err := filepath.Abs(scratch)
	r := request{name: "client", scratch: scratch}
	if plan.Go != "" {
		r.tools = lend(plan.Go).folders
	}
	return r, err
}

// leavesTraces says whether a plan has files outside of what a sealed container
// is cleared of.
func leavesTraces(plan backend.Plan) bool {
	for name := range withFiles(plan) {
		inside := slices.Contains(replaced, name)
		for folder := range cleared {
			inside = inside || strings.HasPrefix(path.Clean(name), folder+"/")
		}
		if !inside {
			return true
		}
	}
	return false
}

// withFiles are the paths of all files of a plan.
func withFiles(plan backend.Plan) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range plan.Files {
			if !yield(name) {
				return
			}
		}
		for name := range plan.HostsFiles {
			if !yield(name) {
				return
			}
		}
	}
}

// take gives an idle container that is as r wants it, nil where there is none.
func (c *containers) take(r request) *instance {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, i := range c.idle {
		if r.sealed && i.like(r) {
			c.idle = slices.Delete(c.idle, n, n+1)
			return i
		}
	}
	return nil
}

func (c *containers) put(i *instance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, i)
}

// discard ends a container. Close waits until the daemon has removed it.
func (c *containers) discard(i *instance) error {
	c.mu.Lock()
	c.ending = append(c.ending, i.id)
	c.mu.Unlock()
	return i.stop()
}

// Close ends the containers that wait for a world, and returns when none of
// this backend's is left.
func (c *containers) Close() error {
	c.mu.Lock()
	idle := c.idle
	c.idle = nil
	c.mu.Unlock()
	var errs []error
	for _, i := range idle {
		errs = append(errs, c.discard(i))
	}
	c.mu.Lock()
	ending := c.ending
	c.ending = nil
	c.mu.Unlock()
	for _, id := range ending {
		errs = append(errs, await(id))
	}
	return errors.Join(errs...)
}

// await returns when a container whose first process has ended is removed. One
// that the daemon does not remove in time is removed by force.
func await(id string) error {
	docker, err := docker()
	if err != nil {
		return err
	}
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	wait := docker.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	select {
	case <-wait.Result:
		return nil
	case err := <-wait.Error:
		if missingIsFine(err) == nil {
			return nil
		}
		return remove(context.Background(), docker, id)
	}
}

func keys(files map[string][]byte) iter.Seq[string] { return maps.Keys(files) }

// withFile is files and one more.
func withFile(files map[string][]byte, name string, content []byte) map[string][]byte {
	all := map[string][]byte{name: content}
	maps.Copy(all, files)
	return all
}
