package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

type runFlags struct {
	labFlags
	json    bool
	junit   string
	shard   string
	workers int
	claims  bool
}

func runCommand() *cobra.Command {
	f := runFlags{}
	cmd := &cobra.Command{
		Use:   "run [ID|GLOB|FILE]...",
		Short: "Play scenarios with the real go command and judge them",
		Example: `  tlslab run
  tlslab run chain/missing-intermediate
  tlslab run 'trust/*' ./my-case.yaml
  tlslab run --backend host --json >trials.jsonl
  tlslab run --shard 2/4 --junit trials.xml
  tlslab run --go 1.14.15,1.19.13,local
  tlslab run --claims`,
		Long: `Without an argument the whole catalogue is played. Each scenario's broken world
must fail with the expected text, each fix must end the failure and is then
attacked, each myth must change nothing.

--go takes several releases, and each trial is played with each of them. They
come through the module proxy that go env names, verified with its checksum
database, once: they are kept in the user's folder for caches, or in the one
that TLSLAB_CACHE names. tlslab doctor lists them.`,
		ValidArgsFunction: completeIDs,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.register(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON object a line, one line a trial")
	cmd.Flags().StringVar(&f.junit, "junit", "", "also write a JUnit XML `file`")
	cmd.Flags().StringVar(&f.shard, "shard", "", "play only part I of N of the trials (`I/N`, from 1)")
	cmd.Flags().BoolVar(&f.claims, "claims", false, "play what decides the articles' claims, and tell what became of them")
	cmd.Flags().IntVarP(&f.workers, "jobs", "j", runtime.NumCPU(), "play `N` trials at a time")
	return cmd
}

func (f *runFlags) run(cmd *cobra.Command, args []string) (err error) {
	if f.workers < 1 {
		return fmt.Errorf("-j %d: at least 1 trial at a time", f.workers)
	}
	cases, err := f.cases(args)
	if err != nil {
		return err
	}
	if _, err := lab.Shard(nil, f.shard); err != nil {
		return err
	}
	junit, err := f.createJUnit()
	if err != nil {
		return err
	}
	heading := cmd.OutOrStdout()
	if f.json {
		heading = cmd.ErrOrStderr()
	}
	l, err := f.open(cmd.Context(), lab.Options{}, heading)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if tools := l.Tools(); len(tools) > 1 {
		cases = lab.With(tools, cases)
	}
	if cases, err = lab.Shard(cases, f.shard); err != nil {
		return err
	}
	trials, err := f.play(cmd, l, cases)
	if err != nil {
		return err
	}
	if err := writeJUnit(junit, trials); err != nil {
		return err
	}
	return verdict(trials)
}

// cases are what the arguments stand for.
func (f *runFlags) cases(args []string) ([]lab.Case, error) {
	if f.claims {
		return f.claimCases(args)
	}
	selected, err := scenarios.Select(args)
	if err != nil {
		return nil, err
	}
	return lab.Cases(waitingLast(selected)...), nil
}

// waitingLast puts the scenarios that wait for a time-out behind the others,
// whose results would otherwise wait with them.
func waitingLast(selected []*scenarios.Scenario) []*scenarios.Scenario {
	return slices.SortedStableFunc(slices.Values(selected), func(a, b *scenarios.Scenario) int {
		return cmp.Compare(min(1, len(a.Waits)), min(1, len(b.Waits)))
	})
}

// play plays the cases and writes what happens as it happens.
func (f *runFlags) play(cmd *cobra.Command, l *lab.Lab, cases []lab.Case) ([]lab.Trial, error) {
	if err := l.RequireGit(cases); err != nil {
		return nil, err
	}
	start := time.Now()
	paper := report.NewPaper(cmd.OutOrStdout())
	table := report.NewTable(paper)
	progress := report.NewProgress(report.NewPaper(cmd.ErrOrStderr()), len(cases))
	lines := json.NewEncoder(paper)
	lines.SetEscapeHTML(false)
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	var trials []lab.Trial
	err := l.PlayAll(ctx, cases, f.workers, func(trial lab.Trial) {
		progress.Clear()
		switch {
		case f.json:
			_ = lines.Encode(trial) // paper keeps the error
		case !f.claims:
			table.Add(cases[len(trials)], trial)
		}
		trials = append(trials, trial)
		progress.Step(trial.Go + " " + trial.Scenario + " " + trial.Trial)
		if paper.Err() != nil {
			stop() // nobody would learn of the rest
		}
	})
	progress.Clear()
	if err := written(paper); err != nil {
		return trials, err
	}
	if err != nil || f.json {
		return trials, err
	}
	if f.claims {
		return trials, tellClaims(paper, trials)
	}
	table.Summary(l.Runs(), time.Since(start))
	return trials, written(paper)
}

func verdict(trials []lab.Trial) error {
	for _, t := range trials {
		if t.Verdict == lab.Deviates {
			return errDeviates
		}
	}
	return nil
}

// createJUnit makes the file before anything is played, so that a path that
// cannot be written to costs no run.
func (f *runFlags) createJUnit() (io.WriteCloser, error) {
	if f.junit == "" {
		return nil, nil
	}
	file, err := os.Create(f.junit)
	if err != nil {
		return nil, fmt.Errorf("--junit: %w", err)
	}
	return file, nil
}

func writeJUnit(w io.WriteCloser, trials []lab.Trial) error {
	if w == nil {
		return nil
	}
	return errors.Join(report.WriteJUnit(w, trials), w.Close())
}
