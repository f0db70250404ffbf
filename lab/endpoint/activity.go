package endpoint

import (
	"context"
	"sync"
)

// activity counts the connections and requests that are under way. After
// close it only shrinks.
type activity struct {
	mu     sync.Mutex
	count  int
	idle   chan struct{} // closed when count is back at zero; nil at first
	closed bool
}

// begin counts one more, and is false after close.
func (a *activity) begin() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return false
	}
	if a.count == 0 {
		a.idle = make(chan struct{})
	}
	a.count++
	return true
}

func (a *activity) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count--; a.count == 0 {
		close(a.idle)
	}
}

func (a *activity) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}

// wait returns when nothing is under way, or the reason why ctx ended first.
func (a *activity) wait(ctx context.Context) error {
	a.mu.Lock()
	idle, count := a.idle, a.count
	a.mu.Unlock()
	if count == 0 {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
