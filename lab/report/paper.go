// Package report writes what the lab has to say for people and for programs:
// tables, pages, drawings of chains, JSON lines and JUnit files.
package report

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// Paper is what a report is written on: a terminal with its width and colours,
// or anything else, which is 80 columns wide and plain. It is not safe for
// concurrent use.
type Paper struct {
	w     io.Writer
	width int
	color bool
	err   error // the first of those from w
}

const plainWidth = 80

// NewPaper finds out what w is. Colours need a terminal that has them and an
// environment without NO_COLOR (https://no-color.org).
func NewPaper(w io.Writer) *Paper {
	p := &Paper{w: w, width: plainWidth}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return p
	}
	p.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 40 {
		p.width = min(width, 120)
	}
	return p
}

// Terminal says whether a person is watching.
func (p *Paper) Terminal() bool {
	file, ok := p.w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Write passes bytes on as they are, up to the first error.
func (p *Paper) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.err = err
	return n, err
}

// Err is the first error of what has been written, after which nothing more is.
func (p *Paper) Err() error { return p.err }

func (p *Paper) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// style is an ANSI SGR parameter list (ECMA-48, section 8.3.117).
type style string

const (
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

func (p *Paper) in(s style, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// paragraph writes text behind a label and wraps it, the lines that follow
// indented to stand below the first.
func (p *Paper) paragraph(label, text string) {
	indent := utf8.RuneCountInString(escape.ReplaceAllString(label, ""))
	for i, line := range wrap(text, p.width-indent) {
		if i > 0 {
			label = strings.Repeat(" ", indent)
		}
		p.printf("%s\n", strings.TrimRight(label+line, " "))
	}
}

// wrap breaks text between words into lines of at most width columns. A word
// that is longer gets a line of its own, whole, so that it can be copied.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// pad fills text with spaces to width columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
