package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/book"
	"github.com/tlslab/tlslab/lab/recorded"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

func recordCommand() *cobra.Command {
	var releases []string
	cmd := &cobra.Command{
		Use:   "record FILE",
		Short: "Play the catalogue and write what it measured",
		Long: `Without --go every trial is played with the go command on PATH. With it, only
what releases differ in: the broken worlds, and the changes that set GODEBUG.`,
		Example: "  book record lab/recorded/" + recorded.Catalogue + "\n  book record --go 1.14.15,local lab/recorded/" + recorded.Releases,
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return record(cmd.Context(), args[0], releases) },
	}
	cmd.Flags().StringSliceVar(&releases, "go", nil, "the `releases` to play with")
	return cmd
}

// record plays what it is to record. A trial that deviates is no ground for a
// document, so it keeps the file as it was.
func record(ctx context.Context, file string, releases []string) (err error) {
	all, err := scenarios.Catalogue()
	if err != nil {
		return err
	}
	l, err := lab.New(ctx, lab.Options{Go: releases, Fetching: report.Fetching(report.NewPaper(os.Stderr))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	cases := lab.Cases(all...)
	if releases != nil {
		cases = lab.With(l.Tools(), slices.DeleteFunc(cases, func(c lab.Case) bool {
			return c.Name() != lab.Broken && book.Switch(c) == ""
		}))
	}
	run := &recorded.Run{Header: header(ctx, l.Tools())}
	progress := report.NewProgress(report.NewPaper(os.Stderr), len(cases))
	var deviating []error
	err = l.PlayAll(ctx, cases, runtime.NumCPU(), func(t lab.Trial) {
		progress.Step(t.Go + " " + t.Scenario + " " + t.Trial)
		if t.Verdict == lab.Deviates {
			deviating = append(deviating, fmt.Errorf("%s %s deviates with %s: %s", t.Scenario, t.Trial, t.Go, t.Why))
		}
		r := t.Record()
		if releases != nil {
			r.Evidence = nil // the other run has it
		}
		run.Trials = append(run.Trials, r)
	})
	progress.Clear()
	if err = cmp.Or(err, errors.Join(deviating...)); err != nil {
		return err
	}
	return write(file, run)
}

func header(ctx context.Context, tools []lab.Tool) recorded.Header {
	var releases []string
	for _, tool := range tools {
		releases = append(releases, tool.Version)
	}
	git, err := exec.CommandContext(ctx, "git", "version").Output()
	if err != nil {
		git = []byte("no git")
	}
	return recorded.Header{
		Date:   time.Now().UTC().Format(time.DateOnly),
		System: runtime.GOOS + "/" + runtime.GOARCH,
		Go:     strings.Join(releases, ", "),
		Git:    strings.TrimPrefix(strings.TrimSpace(string(git)), "git version "),
	}
}

func write(file string, run *recorded.Run) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(recorded.Write(f, run), f.Close())
}
