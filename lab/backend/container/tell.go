package container

import (
	"sync/atomic"

	"github.com/tlslab/tlslab/lab/backend"
)

var telling atomic.Pointer[func(backend.Making)]

// Tell has f called while images are made, about once a second, and at the end
// of each. Calls come from one goroutine at a time. Nil tells nobody, which is
// the default.
func Tell(f func(backend.Making)) {
	if f == nil {
		telling.Store(nil)
		return
	}
	telling.Store(&f)
}
