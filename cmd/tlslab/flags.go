package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
)

// labFlags are the flags of the commands that play worlds.
type labFlags struct {
	backend string
	tools   []string // what was given as --go
}

func (f *labFlags) register(cmd *cobra.Command) {
	choices := append([]string{lab.Auto}, lab.BackendNames()...)
	cmd.Flags().StringVar(&f.backend, "backend", lab.Auto, "where to play: "+strings.Join(choices, ", "))
	cmd.Flags().StringSliceVar(&f.tools, "go", nil, "the `release` of Go to play with, as 1.19.13, or the path of a go command\n(default the go on PATH, also called "+lab.Local+")")
	_ = cmd.RegisterFlagCompletionFunc("backend", cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
}

// one says that a command plays with a single release.
func (f *labFlags) one() error {
	if len(f.tools) > 1 {
		return fmt.Errorf("--go %s: this command takes one release; tlslab run takes several", strings.Join(f.tools, ","))
	}
	return nil
}

// open makes the lab and says on w which backend plays where that was not the
// user's own choice.
func (f *labFlags) open(ctx context.Context, opts lab.Options, w io.Writer) (*lab.Lab, error) {
	if f.backend != lab.Auto && !slices.Contains(lab.BackendNames(), f.backend) {
		return nil, fmt.Errorf("--backend %s: no such backend; use %s, %s", f.backend, lab.Auto, strings.Join(lab.BackendNames(), ", "))
	}
	if slices.Contains(f.tools, "") {
		return nil, fmt.Errorf("--go %s: an empty entry; expected releases such as 1.19.13, with commas and no spaces between", strings.Join(f.tools, ","))
	}
	opts.Backend, opts.Go = f.backend, f.tools
	opts.Fetching = report.Fetching(report.NewPaper(os.Stderr))
	l, err := lab.New(ctx, opts)
	if err != nil {
		return nil, err
	}
	var releases []string
	for _, tool := range l.Tools() {
		releases = append(releases, tool.Version)
	}
	name, why := l.Backend()
	fmt.Fprintf(w, "%s · backend %s", strings.Join(releases, ", "), name)
	if f.backend == lab.Auto {
		fmt.Fprint(w, " (auto)")
	}
	if why != "" {
		fmt.Fprintf(w, "\nnot used: %s", why)
	}
	fmt.Fprintln(w)
	return l, nil
}
