package toolchain

import (
	"sync"
	"time"
)

// tick is how often somebody who waits for a fetch is told how far it is.
const tick = time.Second

// watch tells how an archive grows in the folder dir, which go writes it to,
// until the function that it returns is called.
func (c *Cache) watch(release, dir string) (stop func(arrived bool)) {
	if c.Told == nil {
		return func(bool) {}
	}
	start := time.Now()
	ended := make(chan struct{})
	var telling sync.WaitGroup
	tell := func(done bool) {
		c.Told(Progress{Release: release, Bytes: size(dir), Took: time.Since(start), Done: done})
	}
	tell(false)
	telling.Go(func() {
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				tell(false)
			}
		}
	})
	return func(arrived bool) {
		close(ended)
		telling.Wait()
		if arrived {
			tell(true)
		}
	}
}
