package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/export"
	"github.com/tlslab/tlslab/scenarios"
)

func exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write a world down for nginx or Compose, or the catalogue for Kubernetes",
		Example: `  tlslab export nginx chain/missing-intermediate -o world
  tlslab export nginx chain/missing-intermediate --fix send-the-chain -o world
  tlslab export compose interception/untrusted -o world
  tlslab export kubernetes --shards 8 -o job`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(exportNginxCommand(), exportComposeCommand(), exportKubernetesCommand())
	return cmd
}

// exportFlags are those of every export.
type exportFlags struct {
	dir   string
	force bool
	fix   string
}

func (f *exportFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.dir, "output", "o", "", "the `folder` to write to; it is made, or must be empty")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace an earlier export in the folder, and nothing else there")
	_ = cmd.MarkFlagRequired("output") // the flag is there
}

// registerWorld adds what says which world of a scenario is meant.
func (f *exportFlags) registerWorld(cmd *cobra.Command) {
	f.register(cmd)
	cmd.Flags().StringVar(&f.fix, "fix", "", "write the world down with this fix of the scenario, by `ID`")
}

// chosen is the trial whose world is exported.
func (f *exportFlags) chosen(name string) (lab.Case, error) {
	s, err := scenarios.SelectOne(name)
	if err != nil {
		return lab.Case{}, err
	}
	c := lab.Case{Scenario: s}
	if f.fix == "" {
		return c, nil
	}
	var ids []string
	for i := range s.Fixes {
		if s.Fixes[i].ID == f.fix {
			c.Fix = &s.Fixes[i]
			return c, nil
		}
		ids = append(ids, s.Fixes[i].ID)
	}
	return c, fmt.Errorf("--fix %s: %s has no such fix; it has %s", f.fix, s.ID, strings.Join(ids, ", "))
}

// write writes an export, and says what is worth knowing of it.
func (f *exportFlags) write(w io.Writer, e *export.Export) error {
	if err := e.Files.Write(f.dir, f.force); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d files in %s; README.md says how to start it\n", len(e.Files), f.dir)
	for _, note := range e.Notes {
		fmt.Fprintln(w, "note: "+note)
	}
	return nil
}

func exportNginxCommand() *cobra.Command {
	var f exportFlags
	var opts export.NginxOptions
	cmd := &cobra.Command{
		Use:   "nginx ID|FILE",
		Short: "The hosts of a world as an nginx configuration",
		Example: `  tlslab export nginx chain/missing-intermediate -o world
  tlslab export nginx ./my-case.yaml --fix send-the-chain -o world --force
  tlslab export nginx protocol/client-certificate-400 -o world --port 9443`,
		Long: `With certificates, keys and modules as files, it runs without tlslab. What nginx
cannot express is an error that names the host and the word.`,
		Args:              oneScenario,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.chosen(args[0])
			if err != nil {
				return err
			}
			e, err := export.Nginx(c, opts)
			if err != nil {
				return err
			}
			return f.write(cmd.OutOrStdout(), e)
		},
	}
	f.registerWorld(cmd)
	cmd.Flags().StringVar(&opts.Listen, "listen", "127.0.0.1", "the IP `address` that nginx listens on")
	cmd.Flags().IntVar(&opts.Port, "port", 8443, "the first of the `ports` that nginx listens on, one for each port of each host")
	return cmd
}
