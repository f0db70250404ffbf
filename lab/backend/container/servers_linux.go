package container

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go/network"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/scenarios"
)

// servers is the backend with a container for each host.
type servers struct{ containers }

// Expresses refuses, besides what no container can have, what names Docker's
// addresses or has another resolver than Docker's.
func (s *servers) Expresses(w *scenarios.World) error {
	for _, name := range slices.Sorted(maps.Keys(w.Names)) {
		told := w.Names[name]
		if told.Answers != "" || len(told.Addresses) > 0 || len(told.DeadAddresses) > 0 {
			return fmt.Errorf("name %s: Docker's resolver answers here, and gives the addresses of containers; take the container backend", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Client.Files)) {
		if w.Client.Files[name].Hosts != nil {
			return fmt.Errorf("client file %s: the hosts' addresses are Docker's; take the container backend", name)
		}
	}
	return s.containers.Expresses(w)
}

// ensemble is what one world has in Docker.
type ensemble struct {
	network   string // its name, and in Docker its only use
	mu        sync.Mutex
	instances []*instance
}

func (e *ensemble) add(i *instance) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.instances = append(e.instances, i)
}

// Open makes a network, a container on it for each host, and one for the
// client.
func (s *servers) Open(ctx context.Context, plan backend.Plan) (_ backend.Machine, err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	e := &ensemble{}
	defer func() {
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		err = errors.Join(err, e.close())
	}()
	if e.network, err = newNetwork(ctx); err != nil {
		return nil, err
	}
	var hosts map[string]*instance
	var m *machine
	var hostsErr, clientErr error
	var both sync.WaitGroup
	both.Go(func() { hosts, hostsErr = e.startHosts(ctx, plan) })
	both.Go(func() { m, clientErr = e.startClient(ctx, plan) })
	both.Wait()
	if err := errors.Join(hostsErr, clientErr); err != nil {
		return nil, err
	}
	m.end = sync.OnceValue(func() error { return errors.Join(m.CloseListeners(), e.close()) })
	for _, a := range plan.Addresses {
		if a.Port == "" || m.Listener(a) != nil {
			continue
		}
		l, err := listen(m, hosts, a)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s:%s: %w", a.Host, a.Port, err), m.CloseListeners())
		}
		m.Take(a, l)
	}
	return m, nil
}

// listen opens a in the container of its host. A host that is an address lives
// in the client's network, since Docker's networks have their own addresses.
func listen(m *machine, hosts map[string]*instance, a backend.Address) (net.Listener, error) {
	if a.Host == "localhost" {
		a.Host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(a.Host); err == nil {
		return m.in.link.Listen(ip.Unmap(), a.Port)
	}
	return hosts[a.Host].link.Listen(netip.IPv4Unspecified(), a.Port)
}

// newNetwork makes a network from which no way leads out.
func newNetwork(ctx context.Context) (name string, err error) {
	mark, err := harness()
	if err != nil {
		return "", err
	}
	n, err := network.New(ctx, network.WithInternal(), network.WithLabels(map[string]string{label: mark}))
	if err != nil {
		return "", explain(err)
	}
	return n.Name, nil
}

// startHosts starts a container for each host of the plan.
func (e *ensemble) startHosts(ctx context.Context, plan backend.Plan) (map[string]*instance, error) {
	ref, err := images["scratch"].get(ctx)
	if err != nil {
		return nil, err
	}
	aliases := map[string][]string{}
	for _, a := range plan.Addresses {
		if aliases[a.Host] == nil && plan.Names[a.Host].LeadsTo == "" {
			aliases[a.Host] = []string{a.Host}
		}
	}
	for name, told := range plan.Names {
		if told.LeadsTo != "" {
			aliases[told.LeadsTo] = append(aliases[told.LeadsTo], name)
		}
	}
	scratch, err := requestFor(plan)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, a := range plan.Addresses {
		if !isAddress(a.Host) {
			names[a.Host] = true
		}
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	var errs []error
	hosts := map[string]*instance{}
	for name := range names {
		group.Go(func() {
			// Docker makes a machine's own name an alias too, and this one's may
			// have to lead elsewhere.
			i, err := start(ctx, request{image: ref, name: "server", scratch: scratch.scratch, network: e.network, aliases: aliases[name]})
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			if err == nil {
				hosts[name] = i
				e.add(i)
			}
		})
	}
	group.Wait()
	return hosts, errors.Join(errs...)
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost"
}

// startClient starts the client's container. Docker's resolver asks the
// machine's own about what it does not know, and that knows nothing.
func (e *ensemble) startClient(ctx context.Context, plan backend.Plan) (*machine, error) {
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
	r.network, r.dns = e.network, []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	i, err := start(ctx, r)
	if err != nil {
		return nil, err
	}
	e.add(i)
	m := newMachine(i, plan)
	script, err := furnishing(plan, nil, kind, i)
	// Docker drops what leaves an internal network; it is to be refused.
	script = append(script, boot.Words{boot.NoRoute})
	for _, a := range plan.Addresses {
		if ip, err := netip.ParseAddr(a.Host); err == nil && !ip.IsLoopback() {
			script = append(script, boot.Words{boot.Address, string(ip.Unmap().AsSlice())})
		}
	}
	if err == nil {
		err = m.Resolve(script)
	}
	return m, err
}

// close removes everything of the world from Docker. A network goes when
// nothing is on it any more.
func (e *ensemble) close() error {
	docker, err := docker()
	if err != nil {
		return err
	}
	errs := make([]error, len(e.instances)+1)
	var group sync.WaitGroup
	for n, i := range e.instances {
		group.Go(func() { errs[n] = errors.Join(i.stop(), i.remove(), await(i.id)) })
	}
	group.Wait()
	if e.network != "" {
		_, err := docker.NetworkRemove(context.Background(), e.network, client.NetworkRemoveOptions{})
		errs[len(e.instances)] = missingIsFine(err)
	}
	return errors.Join(errs...)
}
