package main

import (
	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID|FILE",
		Short: "Show a scenario's page: what is seen, why, the chain, what ends it",
		Example: `  tlslab show chain/missing-intermediate
  tlslab show ./my-case.yaml`,
		Args:              oneScenario,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := scenarios.SelectOne(args[0])
			if err != nil {
				return err
			}
			paper := report.NewPaper(cmd.OutOrStdout())
			report.Page(paper, s)
			return written(paper)
		},
	}
}
