package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/host"
	"github.com/tlslab/tlslab/lab/backend/sandbox"
	"github.com/tlslab/tlslab/scenarios"
)

// autoOrder is the order in which Auto tries: the closest to a real machine
// first.
var autoOrder = []string{"sandbox", "host"}

func init() {
	backend.Register(sandbox.New())
	backend.Register(host.New())
}

// Backends are the backends that this program knows, by name. Importing
// another backend's package adds it.
func Backends() []backend.Backend { return backend.All() }

// BackendNames are the names of [Backends], as error messages and help print
// them.
func BackendNames() []string {
	var names []string
	for _, b := range backend.All() {
		names = append(names, b.Name())
	}
	return names
}

func named(name string) backend.Backend {
	for _, b := range backend.All() {
		if b.Name() == name {
			return b
		}
	}
	return nil
}

// Expressing are the names of the backends that can play all of a scenario's
// broken world, whether this machine has them or not.
func Expressing(s *scenarios.Scenario) []string {
	var names []string
	for _, b := range backend.All() {
		if b.Expresses(&s.World) == nil {
			names = append(names, b.Name())
		}
	}
	return names
}

func (l *Lab) chooseBackends(ctx context.Context) error {
	if l.auto() {
		return l.chooseAuto(ctx)
	}
	b := named(l.opts.Backend)
	if b == nil {
		return fmt.Errorf("unknown backend %q: use %s or %s", l.opts.Backend, Auto, strings.Join(BackendNames(), ", "))
	}
	if err := b.Available(ctx); err != nil {
		return fmt.Errorf("%w use the %s backend: %w", ErrUnavailable, b.Name(), err)
	}
	l.backends = []backend.Backend{b}
	return nil
}

func (l *Lab) chooseAuto(ctx context.Context) error {
	for _, name := range autoOrder {
		b := named(name)
		if err := b.Available(ctx); err != nil {
			l.passed = append(l.passed, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		l.backends = append(l.backends, b)
	}
	if l.backends == nil {
		return fmt.Errorf("%w use any backend: %s", ErrUnavailable, strings.Join(l.passed, "; "))
	}
	return nil
}

// imager is the backend that [Auto] takes for a client that is an image, and
// for no other.
const imager = "container"

// closable are the chosen backends, and what Auto may have taken beside them.
func (l *Lab) closable() []backend.Backend {
	b := named(imager)
	if b == nil || slices.Contains(l.backends, b) {
		return l.backends
	}
	return append(slices.Clone(l.backends), b)
}

// auto says whether the choice among backends is the lab's.
func (l *Lab) auto() bool { return l.opts.Backend == "" || l.opts.Backend == Auto }

// backendFor is the first chosen backend that can play all of worlds, or the
// reason of the first why it cannot.
func (l *Lab) backendFor(w *scenarios.World) (backend.Backend, error) {
	if b := named(imager); b != nil && w.Client.Image != "" && l.auto() {
		if err := b.Available(context.Background()); err != nil {
			return b, fmt.Errorf("client.image: %w", err)
		}
		return b, b.Expresses(w)
	}
	var first error
	for _, b := range l.backends {
		err := b.Expresses(w)
		if err == nil {
			return b, nil
		}
		if first == nil {
			first = err
		}
	}
	return l.backends[0], first
}
