package guest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/clock"
	"github.com/tlslab/tlslab/lab/resolver"
)

// Machine is a client's machine, seen from outside. Together with its first
// process, which a backend adds, it is a [backend.Machine].
type Machine struct {
	link      *Link
	listeners map[backend.Address]net.Listener
	resolver  *resolver.Server
}

// New is the machine at the other end of link, in which nothing listens yet.
func New(link *Link) *Machine {
	return &Machine{link: link, listeners: map[backend.Address]net.Listener{}}
}

// Take adds what listens elsewhere at a. It is the machine's from now on.
func (m *Machine) Take(a backend.Address, l net.Listener) { m.listeners[a] = l }

// Resolve has the first process carry out script and starts a resolver that
// knows no name.
func (m *Machine) Resolve(script []boot.Words) error {
	if err := m.link.Tell(script); err != nil {
		return err
	}
	return m.resolve(resolver.Zone{})
}

// Furnish has the first process carry out script and opens the plan's
// addresses and the resolver.
func (m *Machine) Furnish(script []boot.Words, n *Network, plan backend.Plan) error {
	if err := m.link.Tell(script); err != nil {
		return err
	}
	for _, a := range plan.Addresses {
		if err := m.listen(n, a); err != nil {
			return err
		}
	}
	return m.resolve(n.zone)
}

func (m *Machine) listen(n *Network, a backend.Address) error {
	if a.Port == "" || m.listeners[a] != nil {
		return nil
	}
	l, err := m.link.listen(n.listen(a))
	if err != nil {
		return fmt.Errorf("%s: %w", net.JoinHostPort(a.Host, a.Port), err)
	}
	m.listeners[a] = l
	return nil
}

func (m *Machine) Listener(a backend.Address) net.Listener {
	if l, ok := m.listeners[a]; ok {
		return l
	}
	return nil
}

// Reach is the proxy's own name, which the client resolves.
func (m *Machine) Reach(proxy backend.Address) string {
	return net.JoinHostPort(proxy.Host, proxy.Port)
}

// Env is empty: the trust store, the names and the ports are the system's.
func (m *Machine) Env() map[string]string { return nil }

// Start runs the program at path to its end, as [backend.Machine.Run] has it. Whatever it leaves behind is killed before
// it counts as ended.
func (m *Machine) Start(ctx context.Context, path string, c backend.Command) (exit int, err error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	patch, err := clock.Patch(c.Clock)
	if err != nil {
		return 0, err
	}
	stdio, err := connect(c)
	if err != nil {
		return 0, err
	}
	release, foreground := lendTerminal(c.Stdin)
	defer release()
	verb := boot.Run
	if foreground {
		verb = boot.RunTTY
	}
	words := append(boot.Words{verb, c.Dir, path, patch.String(), strconv.Itoa(len(c.Args))}, c.Args...)
	sent := m.link.send(append(words, c.Env...), stdio.child[:]...)
	stdio.started()
	if sent != nil {
		return 0, errors.Join(fmt.Errorf("running %s: %w", c.Args[0], sent), stdio.finish())
	}
	exit, err = m.await(ctx)
	finished := stdio.finish()
	switch {
	case err != nil:
		return 0, err
	case finished != nil:
		return 0, fmt.Errorf("output of %s: %w", c.Args[0], finished)
	}
	return exit, nil
}

// await waits for the end of the command, and of everything when ctx ends.
func (m *Machine) await(ctx context.Context) (exit int, err error) {
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		_ = m.link.send(boot.Words{boot.Kill})
	})
	answer, err := m.link.Expect(boot.Exited)
	if !stop() {
		<-killed // or it would hit the next command
		return 0, context.Cause(ctx)
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer[0])
}

// CloseListeners closes what listens. The first process is the caller's to end.
func (m *Machine) CloseListeners() error {
	var errs []error
	if m.resolver != nil {
		errs = append(errs, m.resolver.Close())
	}
	for _, l := range m.listeners {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) { // by whoever served it
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
