package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
)

// labFlags are the flags of the commands that play worlds.
type labFlags struct {
	backend string
	goTool  string
}

func (f *labFlags) register(cmd *cobra.Command) {
	choices := append([]string{lab.Auto}, lab.BackendNames()...)
	cmd.Flags().StringVar(&f.backend, "backend", lab.Auto, "where to play: "+strings.Join(choices, ", "))
	cmd.Flags().StringVar(&f.goTool, "go", "go", "the go `command` to play with, a path or a name on PATH")
	_ = cmd.RegisterFlagCompletionFunc("backend", cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
}

// open makes the lab and says on w which backend plays where that was not the
// user's own choice.
func (f *labFlags) open(ctx context.Context, opts lab.Options, w io.Writer) (*lab.Lab, error) {
	if f.backend != lab.Auto && !slices.Contains(lab.BackendNames(), f.backend) {
		return nil, fmt.Errorf("--backend %s: no such backend; use %s, %s", f.backend, lab.Auto, strings.Join(lab.BackendNames(), ", "))
	}
	opts.Backend, opts.Go = f.backend, f.goTool
	l, err := lab.New(ctx, opts)
	if err != nil {
		return nil, err
	}
	name, why := l.Backend()
	fmt.Fprintf(w, "%s · backend %s", l.Tool().Version, name)
	if f.backend == lab.Auto {
		fmt.Fprint(w, " (auto)")
	}
	if why != "" {
		fmt.Fprintf(w, "\nnot used: %s", why)
	}
	fmt.Fprintln(w)
	return l, nil
}
