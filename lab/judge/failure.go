package judge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/scenarios"
)

// Run is one run of a client's command as both ends saw it.
type Run struct {
	Exit           int
	Hung           bool // it had to be killed, which is the reason for Exit
	Stdout, Stderr string
	Context
}

// Seen is what the hosts of a world saw during a trial's runs.
type Seen struct {
	Connections int
	Errors      []string // of handshakes, in crypto/tls's words
	Requests    []string // method and target
	Asked       []string // names that their resolver was asked for
}

// Failure compares the runs of a trial that should fail with alternatives, at
// least one. It returns why they differ, or "" where one alternative describes
// them.
func Failure(alternatives scenarios.Expectations, runs []Run, seen Seen) string {
	var whys []string
	for _, e := range alternatives {
		why := fails(e, runs, seen)
		if why == "" {
			return ""
		}
		whys = append(whys, why)
	}
	return strings.Join(slices.Compact(whys), "; or ")
}

func fails(e scenarios.Expectation, runs []Run, seen Seen) string {
	want := e.Runs
	if want == 0 {
		want = len(runs)
	}
	failed := 0
	for _, run := range runs {
		if run.Exit == 0 {
			continue
		}
		failed++
		if why := run.prints(e); why != "" {
			return why
		}
	}
	if failed != want {
		return fmt.Sprintf("%d of %d runs failed, expected %d", failed, len(runs), want)
	}
	return atServer(e, seen)
}

func (r Run) prints(e scenarios.Expectation) string {
	switch {
	case r.Hung && e.Hangs == "":
		return "the command did not end and had to be killed"
	case !r.Hung && e.Hangs != "":
		return fmt.Sprintf("the command ended by itself with exit status %d, expected it to hang for %s", r.Exit, e.Hangs)
	}
	if missing := r.Missing(e.Stderr, r.Stderr); missing != nil {
		return fmt.Sprintf("standard error does not end a line in %q", missing[0])
	}
	if missing := r.Missing(e.Stdout, r.Stdout); missing != nil {
		return fmt.Sprintf("standard output does not end a line in %q", missing[0])
	}
	if other := r.Other(e.Stderr, r.Stderr); e.Only && other != "" {
		return fmt.Sprintf("standard error also has the line %q, expected nothing else", other)
	}
	return ""
}

// atServer holds the text against the other end: the same words can be printed
// by a command that never met the world.
func atServer(e scenarios.Expectation, seen Seen) string {
	switch {
	case e.Server == scenarios.NoServer && seen.Connections > 0:
		return fmt.Sprintf("the hosts saw %d connections, expected none", seen.Connections)
	case e.Server == scenarios.NoServer:
		return atResolver(e, seen)
	case seen.Connections == 0:
		return "the command printed the text but reached no host of the world"
	case e.Server != "" && !slices.Contains(seen.Errors, e.Server):
		return fmt.Sprintf("the hosts met %q in the handshake, expected %q", seen.Errors, e.Server)
	case e.Request != "" && !slices.Contains(seen.Requests, e.Request):
		return fmt.Sprintf("the hosts were asked %q, expected %q among it", seen.Requests, e.Request)
	}
	return ""
}

// lookup is what go prints about a name that the world's resolver was asked
// for. Any other address is one at which the world has none.
var lookup = regexp.MustCompile(`\blookup (\S+) on (?:\{address\}|127\.0\.0\.1:53): `)

// atResolver is atServer for a failure that no host sees.
func atResolver(e scenarios.Expectation, seen Seen) string {
	for _, text := range e.Stderr {
		asked := lookup.FindStringSubmatch(text)
		if asked != nil && !slices.Contains(seen.Asked, asked[1]) {
			return fmt.Sprintf("the command printed the text but never asked the resolver of the world for %s", asked[1])
		}
	}
	return ""
}
