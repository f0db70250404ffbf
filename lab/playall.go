package lab

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// waiters is how many of the trials that only wait are played at a time, beside
// those that work.
const waiters = 16

// PlayAll plays cases, workers at a time and beside them those that wait (see
// [Case.Waits]), and calls done for each trial in the order of cases, one call
// at a time. Zero workers means one. It stops at the first error.
func (l *Lab) PlayAll(ctx context.Context, cases []Case, workers int, done func(Trial)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	results := make([]chan Trial, len(cases))
	var working, waiting []int
	for i, c := range cases {
		results[i] = make(chan Trial, 1)
		if c.Waits() {
			waiting = append(waiting, i)
		} else {
			working = append(working, i)
		}
	}
	longestFirst(cases, waiting)
	play := func(i int) {
		if trial, err := l.Play(ctx, cases[i]); err != nil {
			stop(err)
		} else {
			results[i] <- trial
		}
	}
	var pools sync.WaitGroup
	defer pools.Wait()
	pools.Go(func() { share(ctx, waiting, waiters, play) })
	pools.Go(func() { share(ctx, working, max(1, workers), play) })
	for _, result := range results {
		select {
		case trial := <-result:
			done(trial)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// longestFirst sorts indices of cases by how long these wait.
func longestFirst(cases []Case, waiting []int) {
	wait := func(i int) time.Duration {
		d, _ := time.ParseDuration(cases[i].Scenario.Waits) // checked when it was read
		return d
	}
	slices.SortStableFunc(waiting, func(a, b int) int { return cmp.Compare(wait(b), wait(a)) })
}

// Waits says whether a case spends its time waiting for a time-out. Its
// scenario says so; a fix ends that.
func (c Case) Waits() bool { return c.Scenario.Waits != "" && c.Fix == nil }

// share calls play for every item, workers at a time, until ctx ends.
func share(ctx context.Context, items []int, workers int, play func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				play(i)
			}
		})
	}
	defer wg.Wait()
	defer close(next)
	for _, i := range items {
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}
