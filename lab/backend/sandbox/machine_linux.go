package sandbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

// machine is one sandbox, seen from outside.
type machine struct {
	*first
	*guest.Machine
	end func() error // close, once
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
	network, err := guest.NetworkOf(plan)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(plan, network)
	if err != nil {
		return nil, err
	}
	script := append(files, network.Up()...)
	if f := r.take(); f != nil {
		m, err := furnish(ctx, f, script, network, plan)
		if !errors.Is(err, guest.ErrEnded) {
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
func furnish(ctx context.Context, f *first, script []boot.Words, n *guest.Network, plan backend.Plan) (*machine, error) {
	m := &machine{first: f, Machine: guest.New(f.link)}
	m.end = sync.OnceValue(m.close)
	stop := context.AfterFunc(ctx, f.kill)
	_, err := f.link.Expect(boot.Done) // with what it was told in advance
	if err == nil {
		err = m.Furnish(script, n, plan)
	}
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("making a sandbox: %w", errors.Join(err, m.Close(), f.complaint()))
	}
	return m, nil
}

func (m *machine) Run(ctx context.Context, c backend.Command) (int, error) {
	path, err := backend.LookPath(c)
	if err != nil {
		return 0, err
	}
	return m.Start(ctx, path, c)
}

// Close ends the first process, and with it the machine.
func (m *machine) Close() error { return m.end() }

func (m *machine) close() error { return errors.Join(m.CloseListeners(), m.first.close()) }
