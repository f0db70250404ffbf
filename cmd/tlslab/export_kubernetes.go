package main

import (
	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab/export"
)

func exportKubernetesCommand() *cobra.Command {
	var f exportFlags
	var opts export.KubernetesOptions
	var program string
	cmd := &cobra.Command{
		Use:   "kubernetes [ID|GLOB]...",
		Short: "The catalogue as an Indexed Job, a part a pod",
		Example: `  tlslab export kubernetes --shards 8 -o job
  tlslab export kubernetes --shards 20 --go 1.14.15,1.19.13,1.26.8 -o job
  tlslab export kubernetes --shards 2 --image registry.corp.test/tlslab:1 -o job 'trust/*'`,
		Long: `For those who have more releases than one machine can play. Trials are lines of
JSON in the pods' logs, and JUnit files in a volume.`,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			opts.Names = args
			if opts.Program, err = export.Program(program); err != nil {
				return err
			}
			e, err := export.Kubernetes(opts)
			if err != nil {
				return err
			}
			return f.write(cmd.OutOrStdout(), e)
		},
	}
	f.register(cmd)
	cmd.Flags().IntVar(&opts.Shards, "shards", 0, "the `number` of pods")
	_ = cmd.MarkFlagRequired("shards") // the flag is there
	cmd.Flags().StringVar(&opts.Image, "image", "tlslab", "the `image` that the pods run, which README.md says how to build")
	cmd.Flags().StringSliceVar(&opts.Go, "go", nil, "the `releases` of Go to play with (default the one of the image)")
	registerProgram(cmd, &program)
	return cmd
}
