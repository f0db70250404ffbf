package main

import (
	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab/report"
	"github.com/tlslab/tlslab/scenarios"
)

func listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [ID|GLOB|FILE]...",
		Short: "List scenarios",
		Example: `  tlslab list
  tlslab list 'chain/*'
  tlslab list --json`,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := scenarios.Select(args)
			if err != nil {
				return err
			}
			paper := report.NewPaper(cmd.OutOrStdout())
			if asJSON {
				_ = report.ListJSON(paper, all) // paper keeps the error
			} else {
				report.List(paper, all)
			}
			return written(paper)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

// completeIDs offers the catalogue's IDs, and files.
func completeIDs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := scenarios.Catalogue()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID+"\t"+s.Title)
	}
	return ids, cobra.ShellCompDirectiveDefault
}
