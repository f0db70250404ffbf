package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// Materials are what is made of a world before any host is up. Processes that
// have the same materials can each serve some of its hosts.
type Materials struct {
	Set   *certgen.Set
	Store *servers.Store // the world's modules
	Sumdb *servers.Sumdb // of these modules
}

// Make makes a world's materials: certificates whose relative moments count
// from now, modules, and the key of a checksum database.
func Make(w scenarios.World, now time.Time) (m Materials, err error) {
	if m.Set, err = certgen.Generate(w.Certificates, now); err != nil {
		return m, err
	}
	if m.Store, err = servers.NewStore(modules(w)); err != nil {
		return m, err
	}
	m.Sumdb, err = servers.NewSumdb(sumdbHost(w), m.Store)
	return m, err
}

// Remake makes the materials of a world of which certificates and a key are
// there already, see [servers.Sumdb.SignerKey].
func Remake(w scenarios.World, set *certgen.Set, sumdbKey string) (m Materials, err error) {
	m.Set = set
	if m.Store, err = servers.NewStore(modules(w)); err != nil {
		return m, err
	}
	m.Sumdb, err = servers.RestoreSumdb(sumdbKey, m.Store)
	return m, err
}

func modules(w scenarios.World) []string {
	if w.Modules == nil {
		return []string{scenarios.DefaultModule}
	}
	return w.Modules
}

// Outpost is one host of a world that is up in this process, on ports of this
// machine, while the others are up elsewhere. Its methods are safe for
// concurrent use.
type Outpost struct{ world *World }

// OutpostConfig is what an outpost is started with.
type OutpostConfig struct {
	World     scenarios.World
	Host      string // of the world
	Materials Materials
	Dir       string // an empty folder, for repositories; the caller removes it after Close

	// Listen opens the port on which the host has to be reached. It is called
	// once for each.
	Listen func(port string) (net.Listener, error)
}

// NewOutpost serves a host in the same way as [Lab.Up] does, on listeners that
// cfg.Listen opens. A host that has to reach others, as a proxy does, dials
// their names and ports, as this machine resolves them, and nothing else. When
// it returns the host can be reached. The caller closes the Outpost.
func NewOutpost(cfg OutpostConfig) (_ *Outpost, err error) {
	if _, ok := cfg.World.Hosts[cfg.Host]; !ok {
		return nil, fmt.Errorf("the world has no host %s; it has %s", cfg.Host, strings.Join(slices.Sorted(maps.Keys(cfg.World.Hosts)), ", "))
	}
	m := &outpostMachine{listen: cfg.Listen, opened: map[string]bool{}}
	made := cfg.Materials
	r := &World{
		world: cfg.World, dir: cfg.Dir, machine: m, handlers: map[string]http.Handler{}, doors: newDoors(),
		set: made.Set, store: made.Store, served: made.Store, sumdb: made.Sumdb,
	}
	r.doors.only = cfg.Host
	o := &Outpost{world: r}
	if err := errors.Join(r.serve(), m.err); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// Evidence is what the host has seen so far, by name, see [World.Evidence].
func (o *Outpost) Evidence() map[string]endpoint.Evidence { return o.world.Evidence() }

// Close takes the host down.
func (o *Outpost) Close() error {
	var errs []error
	for _, h := range o.world.hosts {
		errs = append(errs, h.Close())
	}
	o.world.doors.close()
	return errors.Join(errs...)
}

// outpostMachine gives an outpost the listeners of this machine. There is no
// client on it.
type outpostMachine struct {
	listen func(port string) (net.Listener, error)
	opened map[string]bool // by port
	err    error
}

// Listener opens a port once: a transparent proxy has one that takes what
// clients send to the same port of several hosts.
func (m *outpostMachine) Listener(a backend.Address) net.Listener {
	if m.opened[a.Port] || m.err != nil {
		return nil
	}
	m.opened[a.Port] = true
	listener, err := m.listen(a.Port)
	if err != nil {
		m.err = fmt.Errorf("%w listen for %s on port %s: %w", ErrUnavailable, a.Host, a.Port, err)
		return nil
	}
	return listener
}

func (*outpostMachine) Reach(proxy backend.Address) string {
	return net.JoinHostPort(proxy.Host, proxy.Port)
}

func (*outpostMachine) Env() map[string]string { return nil }

func (*outpostMachine) Run(context.Context, backend.Command) (int, error) {
	return 0, errors.New("an outpost has no client")
}

func (*outpostMachine) Close() error { return nil }

// Ports are the ports of a host: those that it listens on, or 443 where it
// does not say.
func Ports(h scenarios.Host) []string { return ports(h) }

// Speaks is what a host speaks on one of its ports.
func Speaks(h scenarios.Host, port string) scenarios.Protocol { return protocol(h, port) }
