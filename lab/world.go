package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/scratch"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// World is a world that is up: its hosts listen and its client can run
// commands. Its methods are not safe for concurrent use, except Evidence.
type World struct {
	lab     *Lab
	tool    Tool
	world   scenarios.World
	backend string
	dir     string
	clients int
	skew    time.Duration // of the client's clock

	set     *certgen.Set
	store   *servers.Store // what the world's modules really are
	served  *servers.Store // what its hosts hand out
	sumdb   *servers.Sumdb
	machine backend.Machine
	hosts   []*servedHost

	handlers map[string]http.Handler // what the hosts serve, by name
	doors    *doors
}

// Up makes a world's certificates, brings up its hosts and a machine for its
// client. An error wraps [ErrUnavailable] where no chosen backend can play the
// world. The caller closes the World.
func (l *Lab) Up(ctx context.Context, w scenarios.World) (*World, error) {
	b, err := l.backendFor(&w)
	if err != nil {
		return nil, fmt.Errorf("%w play this world: %s: %w", ErrUnavailable, b.Name(), err)
	}
	if err := missingProgram(&w, client.Path(l.tools[0].Path)); err != nil {
		return nil, fmt.Errorf("%w play this world: %w", ErrUnavailable, err)
	}
	return l.up(ctx, b, l.tools[0], w, false)
}

// up brings a world up on b for a client with tool. Tampered hosts hand out
// other module zips.
func (l *Lab) up(ctx context.Context, b backend.Backend, tool Tool, w scenarios.World, tampered bool) (_ *World, err error) {
	r := &World{lab: l, tool: tool, world: w, backend: b.Name(), handlers: map[string]http.Handler{}, doors: newDoors()}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	if r.dir, err = l.scratch.New(); err != nil {
		return nil, err
	}
	if err := r.make(tampered); err != nil {
		return nil, err
	}
	if err := r.open(ctx, b); err != nil {
		return nil, err
	}
	return r, r.serve()
}

// make makes what the hosts will present and serve.
func (r *World) make(tampered bool) (err error) {
	now := time.Now()
	if r.skew, err = r.world.Client.Skew(now); err != nil {
		return err
	}
	if r.set, err = certgen.Generate(r.world.Certificates, now); err != nil {
		return err
	}
	modules := r.world.Modules
	if modules == nil {
		modules = []string{scenarios.DefaultModule}
	}
	if r.store, err = servers.NewStore(modules); err != nil {
		return err
	}
	r.served = r.store
	if tampered {
		if r.served, err = r.store.Tampered(); err != nil {
			return err
		}
	}
	// The checksum database stays honest: it is what catches a tamperer.
	r.sumdb, err = servers.NewSumdb(sumdbHost(r.world), r.store)
	return err
}

func (r *World) open(ctx context.Context, b backend.Backend) error {
	plan := backend.Plan{
		Dir: filepath.Join(r.dir, "machine"), Scratch: r.lab.scratch.Path(), Go: r.tool.Path, Image: string(r.world.Client.Image),
		Port: r.lab.opts.Port, Names: r.world.Names,
		Files: map[string][]byte{}, HostsFiles: map[string][]string{},
	}
	if err := os.Mkdir(plan.Dir, 0o700); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.world.Hosts)) {
		plan.Addresses = append(plan.Addresses, backend.Address{Host: name}) // known, also when nothing listens
		for _, port := range ports(r.world.Hosts[name]) {
			plan.Addresses = append(plan.Addresses, backend.Address{Host: name, Port: port})
		}
	}
	for _, name := range r.world.Client.Trusts {
		plan.Roots = append(plan.Roots, r.set.Certificate(name).PEM())
	}
	for name, file := range r.world.Client.Files {
		if !filepath.IsAbs(name) {
			continue
		}
		if file.Hosts != nil {
			plan.HostsFiles[name] = file.Hosts
			continue
		}
		data, err := client.Content(file, r.set, r.store)
		if err != nil {
			return fmt.Errorf("client file %s: %w", name, err)
		}
		plan.Files[name] = data
	}
	plan.Proxies = r.proxyAddresses()
	var err error
	if r.machine, err = b.Open(ctx, plan); err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w open a machine on the %s backend: %w", ErrUnavailable, b.Name(), err)
	}
	return err
}

// ports are the ports of a host in order; a host that names none listens on
// 443.
func ports(h scenarios.Host) []string {
	if h.Listens == nil {
		return []string{"443"}
	}
	return slices.Sorted(maps.Keys(h.Listens))
}

// Client makes a client with fresh caches in the world.
func (r *World) Client() (*client.Client, error) {
	r.clients++
	world := r.world
	world.Client.Env = r.reaching(world.Client.Env)
	return client.New(client.Config{
		Dir:     filepath.Join(r.dir, "client-"+strconv.Itoa(r.clients)),
		Cache:   r.cache(),
		Path:    client.Path(r.tool.Path),
		World:   world,
		Set:     r.set,
		Store:   r.store,
		Sumdb:   r.sumdb.VerifierKey(),
		Machine: r.machine.Env(),
	})
}

// cache is a client's GOCACHE, which the clients of one release share. One whose
// clock is wrong has its own: go removes from it what its clock says is long
// unused.
func (r *World) cache() string {
	if r.skew == 0 {
		return filepath.Join(r.lab.caches(), r.tool.Version)
	}
	return filepath.Join(r.dir, "gocache")
}

// sumdbHost is the name of a world's checksum database. GOSUMDB never has its
// address beside the key: with one, go does not ask the module proxy for it.
func sumdbHost(w scenarios.World) string {
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		if w.Hosts[name].Serves == scenarios.Sumdb {
			return name
		}
	}
	return "sum.corp.test"
}

// Run runs a command in the world as c and returns its exit status. An error
// means that it could not be run, or that ctx ended first.
func (r *World) Run(ctx context.Context, c *client.Client, args []string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	return r.machine.Run(ctx, backend.Command{
		Args: args, Dir: c.Work(), Env: append(c.Env(), scratch.Mark+"="+r.lab.scratch.Path()),
		Stdin: stdin, Stdout: stdout, Stderr: stderr, Clock: r.skew,
	})
}

// Backend is the name of the backend that plays the world.
func (r *World) Backend() string { return r.backend }

// Certificates are the world's certificates as they were made.
func (r *World) Certificates() *certgen.Set { return r.set }

// Settle returns when the hosts have seen all that commands which have ended
// did to them, or ctx has ended.
func (r *World) Settle(ctx context.Context) error {
	for _, h := range r.hosts {
		if err := h.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Evidence is what each host has seen so far, by name. A name of no host is
// there if the resolver was asked about it. It is safe for concurrent use.
func (r *World) Evidence() map[string]endpoint.Evidence {
	evidence := map[string]endpoint.Evidence{}
	for _, h := range r.hosts {
		seen := h.Evidence()
		evidence[h.name] = evidence[h.name].Merge(seen)
	}
	for name, queries := range r.queries() {
		evidence[name] = evidence[name].Merge(endpoint.Evidence{Queries: queries})
	}
	return evidence
}

// Close takes the world down: every process, listener, connection and folder
// of it is gone when it returns.
func (r *World) Close() error {
	var errs []error
	if r.machine != nil {
		errs = append(errs, r.machine.Close())
	}
	for _, h := range r.hosts {
		errs = append(errs, h.Close())
	}
	r.doors.close()
	if r.dir != "" {
		errs = append(errs, scratch.Remove(r.dir))
	}
	return errors.Join(errs...)
}
