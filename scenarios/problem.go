package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	File string

	// Line and Column count from 1, columns in characters. Both are zero where
	// the problem is with the file as a whole.
	Line, Column int

	// Message says what was found, what was expected and what to do.
	Message string
}

// String is FILE:LINE:COLUMN: MESSAGE, the form that editors jump to.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// InvalidError says everything that is wrong with one file or change.
type InvalidError struct {
	// Problems are in the order of the file. There is at least one.
	Problems []Problem

	cause error
}

// maxProblems is how many problems the text of an error holds.
const maxProblems = 10

// Error has a line for each of the first ten problems, and says how many more
// there are.
func (e *InvalidError) Error() string {
	var lines []string
	for _, p := range e.Problems[:min(len(e.Problems), maxProblems)] {
		lines = append(lines, p.String())
	}
	if more := len(e.Problems) - maxProblems; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Unwrap is the system's error where a file could not be read, so that
// errors.Is tells a missing file, and nil else.
func (e *InvalidError) Unwrap() error { return e.cause }

// position is a place in a file, counted from 1. The zero position is the file
// as a whole.
type position struct{ line, column int }

// problems collects what is wrong with one file.
type problems struct {
	file string
	list []Problem
}

func (p *problems) add(at position, format string, args ...any) {
	p.list = append(p.list, Problem{p.file, at.line, at.column, shorten(fmt.Sprintf(format, args...), 1500)})
}

// shorten cuts the middle out of a text of more than limit characters, which
// is where a message has what it quotes of a file.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit/2]) + " … " + string(runes[len(runes)-limit/2:])
}

// err is nil where there are no problems.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &InvalidError{Problems: slices.Compact(p.list)}
}
