package report

import (
	"fmt"
	"strings"
)

// Progress is one line on a terminal that says how far long work has come; on
// anything else it writes nothing. It is not safe for concurrent use.
type Progress struct {
	paper *Paper
	total int
	done  int
	shown int
}

// NewProgress makes a progress line for total steps on p.
func NewProgress(p *Paper, total int) *Progress {
	return &Progress{paper: p, total: total}
}

// Step counts one step and shows what has just been done.
func (p *Progress) Step(what string) {
	p.done++
	p.show(fmt.Sprintf("  %d/%d %s", p.done, p.total, what))
}

// show puts line in the place of what is shown.
func (p *Progress) show(line string) {
	if !p.paper.Terminal() {
		return
	}
	if len(line) >= p.paper.width {
		line = line[:p.paper.width-1]
	}
	p.Clear()
	p.paper.printf("%s", line)
	p.shown = len(line)
}

// Clear takes the line away, so that something else can be written.
func (p *Progress) Clear() {
	if p.shown > 0 {
		p.paper.printf("\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}
