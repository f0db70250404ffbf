package report

import (
	"fmt"
	"time"

	"github.com/tlslab/tlslab/lab/toolchain"
)

// Fetching returns what tells on p how far a release of Go is that is being
// fetched: on a terminal in one line that changes, on anything else when it has
// arrived.
func Fetching(p *Paper) func(toolchain.Progress) {
	line := NewProgress(p, 0)
	return func(f toolchain.Progress) {
		doing := "fetching"
		if f.Done {
			doing = "fetched"
		}
		text := fmt.Sprintf("%s %s: %.1f MB in %s", doing, f.Release, float64(f.Bytes)/1e6, f.Took.Round(time.Second))
		line.Clear()
		if f.Done {
			p.printf("%s\n", text)
		} else {
			line.show("  " + text)
		}
	}
}
