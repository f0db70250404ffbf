package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "Say what this machine can play and what it lacks",
		Example: `  tlslab doctor`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := lab.Examine(cmd.Context())
			paper := report.NewPaper(cmd.OutOrStdout())
			report.Checks(paper, checks)
			return errors.Join(err, written(paper))
		},
	}
}
