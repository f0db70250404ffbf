package report

import (
	"fmt"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
)

// Images writes on p how far the making of images has come: one line that
// changes on a terminal, and everywhere one for each that is made.
func Images(p *Paper) func(backend.Making) {
	line := NewProgress(p, 0)
	return func(m backend.Making) {
		took := m.Took.Round(time.Second)
		line.Clear()
		if m.Done {
			p.printf("image %s: %s, in %s\n", m.Image, m.Text, took)
		} else {
			line.show(fmt.Sprintf("  making the image %s, %s: %s", m.Image, took, m.Text))
		}
	}
}
