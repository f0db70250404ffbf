package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/sandbox/internal/boot"
	"github.com/tlslab/tlslab/lab/clock"
	"github.com/tlslab/tlslab/lab/resolver"
)

// machine is one sandbox, seen from outside.
type machine struct {
	*first
	listeners map[backend.Address]net.Listener
	resolver  *resolver.Server
	end       func() error // close, once
}

// Open makes a sandbox, and has a first process begun for the next.
func (s *sandbox) Open(ctx context.Context, plan backend.Plan) (backend.Machine, error) {
	m, err := s.open(ctx, plan)
	if err != nil {
		return nil, err
	}
	s.refill()
	return m, nil
}

// open makes a sandbox of the process that waits, or else from the beginning.
func (r *reserve) open(ctx context.Context, plan backend.Plan) (_ *machine, err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if plan.Dir, err = filepath.Abs(plan.Dir); err != nil {
		return nil, err
	}
	network, err := networkOf(plan)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(plan, network)
	if err != nil {
		return nil, err
	}
	script := append(files, network.up...)
	if f := r.take(); f != nil {
		m, err := furnish(ctx, f, script, network, plan)
		if !errors.Is(err, errEnded) {
			return m, err
		} // it was killed while it waited, which is no fault of this plan's
	}
	f, err := begin()
	if err != nil {
		return nil, fmt.Errorf("starting a sandbox: %w", err)
	}
	return furnish(ctx, f, script, network, plan)
}

// furnish makes f the machine that script and network describe.
func furnish(ctx context.Context, f *first, script []boot.Words, n *network, plan backend.Plan) (*machine, error) {
	m := &machine{first: f, listeners: map[backend.Address]net.Listener{}}
	m.end = sync.OnceValue(m.close)
	stop := context.AfterFunc(ctx, f.kill)
	_, err := f.link.expect(boot.Done) // with what it was told in advance
	if err == nil {
		err = f.link.tell(script)
	}
	for i := 0; err == nil && i < len(plan.Addresses); i++ {
		err = m.listen(n, plan.Addresses[i])
	}
	if err == nil {
		err = m.resolve(n.zone)
	}
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("making a sandbox: %w", errors.Join(err, m.Close(), f.complaint()))
	}
	return m, nil
}

func (m *machine) listen(n *network, a backend.Address) error {
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

func (m *machine) Listener(a backend.Address) net.Listener {
	if l, ok := m.listeners[a]; ok {
		return l
	}
	return nil
}

// Reach is the proxy's own name, which the client resolves.
func (m *machine) Reach(proxy backend.Address) string {
	return net.JoinHostPort(proxy.Host, proxy.Port)
}

// Env is empty: the trust store, the names and the ports are the system's.
func (m *machine) Env() map[string]string { return nil }

func (m *machine) Run(ctx context.Context, c backend.Command) (int, error) {
	path, err := backend.LookPath(c)
	if err != nil {
		return 0, err
	}
	return m.start(ctx, path, c)
}

// start runs the program at path. Whatever it leaves behind is killed before
// it counts as ended.
func (m *machine) start(ctx context.Context, path string, c backend.Command) (exit int, err error) {
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
func (m *machine) await(ctx context.Context) (exit int, err error) {
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		_ = m.link.send(boot.Words{boot.Kill})
	})
	answer, err := m.link.expect(boot.Exited)
	if !stop() {
		<-killed // or it would hit the next command
		return 0, context.Cause(ctx)
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(answer[0])
}

// Close ends the first process, and with it the machine.
func (m *machine) Close() error { return m.end() }

func (m *machine) close() error {
	var errs []error
	if m.resolver != nil {
		errs = append(errs, m.resolver.Close())
	}
	for _, l := range m.listeners {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) { // by whoever served it
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, m.first.close())...)
}
