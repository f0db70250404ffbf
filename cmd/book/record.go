package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/recorded"
	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

func recordCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "record FILE",
		Short:   "Play the catalogue with the go command on PATH and write what it measured",
		Example: "  book record lab/recorded/" + recorded.Catalogue,
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return record(cmd.Context(), args[0]) },
	}
}

// record plays every trial. One that deviates is no ground for a document, so
// it keeps the file as it was.
func record(ctx context.Context, file string) (err error) {
	all, err := scenarios.Catalogue()
	if err != nil {
		return err
	}
	l, err := lab.New(ctx, lab.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	cases := lab.Cases(all...)
	run := &recorded.Run{Header: header(ctx, l.Tool().Version)}
	progress := report.NewProgress(report.NewPaper(os.Stderr), len(cases))
	var deviating []error
	err = l.PlayAll(ctx, cases, runtime.NumCPU(), func(t lab.Trial) {
		progress.Step(t.Scenario + " " + t.Trial)
		if t.Verdict == lab.Deviates {
			deviating = append(deviating, fmt.Errorf("%s %s deviates: %s", t.Scenario, t.Trial, t.Why))
		}
		run.Trials = append(run.Trials, t.Record())
	})
	progress.Clear()
	if err = cmp.Or(err, errors.Join(deviating...)); err != nil {
		return err
	}
	return write(file, run)
}

func header(ctx context.Context, release string) recorded.Header {
	git, err := exec.CommandContext(ctx, "git", "version").Output()
	if err != nil {
		git = []byte("no git")
	}
	return recorded.Header{
		Date:   time.Now().UTC().Format(time.DateOnly),
		System: runtime.GOOS + "/" + runtime.GOARCH,
		Go:     release,
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
