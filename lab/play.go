package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/judge"
	"github.com/tlslab/tlslab/scenarios"
)

// Play plays one case and judges it; a fix that works is attacked. What a
// backend cannot express is a skipped trial and not an error. An error means
// that nothing could be measured: it wraps [ErrUnavailable], or ctx ended.
func (l *Lab) Play(ctx context.Context, c Case) (Trial, error) {
	if c.Tool == (Tool{}) {
		c.Tool = l.tools[0]
	}
	trial := Trial{
		Scenario: c.Scenario.ID,
		Cause:    c.Scenario.Cause,
		Trial:    c.Name(),
		Go:       c.Tool.Version,
		Evidence: map[string]endpoint.Evidence{},
	}
	w, err := c.World()
	if err != nil {
		return trial, err
	}
	trial.Command = w.Client.Run.String()
	b, reason := l.backendFor(&w)
	trial.Backend = b.Name()
	if reason == nil {
		reason = missingProgram(&w, client.Path(c.Tool.Path))
	}
	expected, unsaid := c.expected(trial.Go)
	if reason == nil {
		reason = unsaid
	}
	if reason != nil {
		trial.Verdict, trial.Why = Skipped, reason.Error()
		return trial, nil
	}
	seen, err := l.observe(ctx, b, w, watch{tool: c.Tool, patience: expected.Patience()})
	if err != nil {
		return trial, fmt.Errorf("%s %s: %w", trial.Scenario, trial.Trial, err)
	}
	seen.fill(&trial)
	trial.Why = judgement(c, expected, seen)
	if c.Fix != nil && expected == nil && trial.Why == "" {
		if trial.Why, err = l.attack(ctx, b, c, w, &trial); err != nil {
			return trial, fmt.Errorf("%s %s under attack: %w", trial.Scenario, trial.Trial, err)
		}
	}
	trial.Verdict = AsExpected
	if trial.Why != "" {
		trial.Verdict = Deviates
	}
	return trial, nil
}

// judgement returns why a trial deviates, or "". Nothing expected means success.
func judgement(c Case, expected scenarios.Expectations, o *observation) string {
	if o.before != "" {
		return o.before
	}
	if expected != nil {
		return judge.Failure(expected, o.runs, o.seen())
	}
	if c.Scenario.AcceptsTampering && c.Fix == nil { // a myth changes nothing of it
		return o.deception()
	}
	return o.success()
}

// observation is what both ends of one world saw.
type observation struct {
	runs     []judge.Run
	arrivals []judge.Arrival // per run
	before   string          // why a preparing command failed
	evidence map[string]endpoint.Evidence
	wall     time.Duration
}

// watch is how a world is observed.
type watch struct {
	tool     Tool          // its client's go command
	tampered bool          // its hosts hand out other module zips
	patience time.Duration // with a command that is expected to hang; zero means no limit
}

// observe plays a world: every run of its client's command, with fresh caches
// each.
func (l *Lab) observe(ctx context.Context, b backend.Backend, w scenarios.World, how watch) (_ *observation, err error) {
	world, err := l.up(ctx, b, how.tool, w, how.tampered)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := world.Close(); err == nil {
			err = closing
		}
	}()
	o := &observation{}
	for range max(1, w.Client.Runs) {
		if err := world.play(ctx, o, how.patience); err != nil {
			return nil, err
		}
	}
	if err := world.Settle(ctx); err != nil {
		return nil, err
	}
	o.evidence = world.Evidence()
	return o, nil
}

// play runs the client's commands once. The judged one is killed when it has
// not ended after patience, where that is not zero.
func (r *World) play(ctx context.Context, o *observation, patience time.Duration) error {
	c, err := r.Client()
	if err != nil {
		return err
	}
	for _, command := range r.world.Client.Before {
		run, err := r.capture(ctx, c, command, 0)
		if err != nil {
			return err
		}
		if run.Exit != 0 {
			o.before = fmt.Sprintf("%s exited %d before the command: %s", command, run.Exit, run.Stderr)
		}
	}
	run, err := r.capture(ctx, c, r.world.Client.Run, patience)
	if err != nil {
		return err
	}
	r.lab.runs.Add(1)
	o.wall += run.End.Sub(run.Start)
	modules := r.world.Modules
	if modules == nil {
		modules = []string{scenarios.DefaultModule}
	}
	arrival, err := judge.Arrived(c.ModCache(), judge.Wanted(r.world.Client.Run, modules), r.store)
	o.runs = append(o.runs, run)
	o.arrivals = append(o.arrivals, arrival)
	return err
}

// errHangs ends a command that does not end.
var errHangs = errors.New("the command hangs")

// exitKilled is the exit status of a command that was killed, as a shell has
// it: 128 and the number of SIGKILL.
const exitKilled = 128 + 9

// capture runs a command and keeps what it prints, also what one printed that
// had to be killed.
func (r *World) capture(ctx context.Context, c *client.Client, command scenarios.Command, patience time.Duration) (judge.Run, error) {
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, patience, errHangs)
		defer cancel()
	}
	var stdout, stderr bytes.Buffer
	start := time.Now()
	exit, err := r.Run(ctx, c, c.Expand(command), nil, &stdout, &stderr)
	r.lab.spent.Add(int64(time.Since(start)))
	hung := errors.Is(err, errHangs)
	if hung {
		exit, err = exitKilled, nil
	}
	return judge.Run{
		Exit: exit, Hung: hung, Stdout: stdout.String(), Stderr: stderr.String(),
		Context: judge.Context{Set: r.set, Home: c.Home(), Dir: c.Dir(), Start: start.Add(r.skew), End: time.Now().Add(r.skew)},
	}, err
}

// told is the run that a trial tells of: the first that failed, else the last.
func (o *observation) told() int {
	failed := slices.IndexFunc(o.runs, func(r judge.Run) bool { return r.Exit != 0 })
	if failed < 0 {
		return len(o.runs) - 1
	}
	return failed
}

func (o *observation) fill(t *Trial) {
	run := o.runs[o.told()]
	t.Exit, t.Hung, t.Stderr = run.Exit, run.Hung, run.Stderr
	t.Normal, t.NormalOut = run.Normal(run.Stderr), run.Normal(run.Stdout)
	t.Outcome = Succeeded
	if run.Exit != 0 {
		t.Outcome = Failed
	}
	t.Evidence = o.evidence
	t.MS = float64(o.wall.Microseconds()) / 1000
}

func (o *observation) seen() judge.Seen { return seenBy(o.evidence) }

// seenBy is what the evidence of a world's hosts says to a judge.
func seenBy(evidence map[string]endpoint.Evidence) judge.Seen {
	var seen judge.Seen
	for name, host := range evidence {
		seen.Connections += host.Connections
		if host.Queries != nil {
			seen.Asked = append(seen.Asked, name)
		}
		for _, connection := range host.Seen {
			if connection.Error != "" {
				seen.Errors = append(seen.Errors, withoutOffer(connection.Error))
			}
			for _, request := range connection.Requests {
				seen.Requests = append(seen.Requests, request.Request)
			}
		}
	}
	return seen
}

// withoutOffer cuts off what crypto/tls says of a client's offer, which depends
// on the client's processor and release.
func withoutOffer(handshakeError string) string {
	text, _, _ := strings.Cut(handshakeError, "; client offered: ")
	return text
}

// success returns why an observation is none, or "".
func (o *observation) success() string {
	for i, run := range o.runs {
		switch {
		case run.Exit != 0:
			return fmt.Sprintf("expected success, exited %d: %s", run.Exit, strings.TrimSpace(run.Stderr))
		case o.arrivals[i].Why() != "":
			return o.arrivals[i].Why()
		}
	}
	return ""
}

// deception returns why an observation is not that of a client which took
// other modules for the right ones, or "".
func (o *observation) deception() string {
	for i, run := range o.runs {
		switch {
		case run.Exit != 0:
			return fmt.Sprintf("expected success, exited %d: %s", run.Exit, strings.TrimSpace(run.Stderr))
		case o.arrivals[i].Different != "":
		case o.arrivals[i].Missing != "":
			return o.arrivals[i].Why()
		default:
			return "the right module arrived; the scenario says that another is accepted in its place"
		}
	}
	return ""
}
