package sandbox

import "sync/atomic"

// reserve holds at most one first process that waits for its plan. Starting it
// is most of what a sandbox costs: this program is copied, executed and
// initialised again.
type reserve struct{ spare atomic.Pointer[spare] }

// spare is a first process that is being started, or waits.
type spare struct {
	begun chan struct{} // closed once first is set
	first *first        // nil where it could not be started
}

// refill has a process started where none waits. It does not wait for it.
func (r *reserve) refill() {
	s := &spare{begun: make(chan struct{})}
	if !r.spare.CompareAndSwap(nil, s) {
		return
	}
	go func() {
		defer close(s.begun)
		s.first, _ = begin() // whoever finds none begins one, and sees the error
	}()
}

// take gives the process to the caller, nil where there is none of use.
func (r *reserve) take() *first {
	f := r.remove()
	if f != nil && !f.current() {
		_ = f.close() // the plan does without it
		return nil
	}
	return f
}

// remove gives what waits to the caller, nil where nothing does.
func (r *reserve) remove() *first {
	s := r.spare.Swap(nil)
	if s == nil {
		return nil
	}
	<-s.begun
	return s.first
}

// Close ends the process that waits. An Open after it, or at the same time,
// may have another begun.
func (r *reserve) Close() error {
	if f := r.remove(); f != nil {
		return f.close()
	}
	return nil
}
