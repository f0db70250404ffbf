package backend

import (
	"fmt"
	"slices"
	"sync"
)

var registry struct {
	sync.Mutex
	backends []Backend
}

// Register makes b one of [All]. A package whose import is the choice for its
// backend calls it from init. It panics where a backend of that name is
// registered already, since reports could not tell the two apart. It is safe
// for concurrent use.
func Register(b Backend) {
	registry.Lock()
	defer registry.Unlock()
	if slices.ContainsFunc(registry.backends, func(o Backend) bool { return o.Name() == b.Name() }) {
		panic(fmt.Sprintf("backend: %q is registered twice", b.Name()))
	}
	registry.backends = append(registry.backends, b)
}

// All are the registered backends, in the order of their registration. The
// slice is the caller's own. It is safe for concurrent use.
func All() []Backend {
	registry.Lock()
	defer registry.Unlock()
	return slices.Clone(registry.backends)
}
