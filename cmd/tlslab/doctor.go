package main

import (
	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "Say what this machine can play and what it lacks",
		Example: `  tlslab doctor`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks, err := lab.Examine(cmd.Context())
			report.Checks(report.NewPaper(cmd.OutOrStdout()), checks)
			return err
		},
	}
}
