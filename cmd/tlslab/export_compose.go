package main

import (
	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab/export"
)

func exportComposeCommand() *cobra.Command {
	var f exportFlags
	var opts export.ComposeOptions
	var program string
	cmd := &cobra.Command{
		Use:   "compose ID|FILE",
		Short: "A world as a Compose file, with its servers and its client",
		Example: `  tlslab export compose chain/missing-intermediate -o world
  docker-compose -f world/docker-compose.yml up --build --exit-code-from client
  tlslab export compose interception/untrusted --image golang:1.22 -o world`,
		Long: `The servers' images hold this program and nothing else, so that they fail as they
do in the lab; the client's is any image with a go command. What containers
cannot express is an error that names the host and the word.`,
		Args:              oneScenario,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.chosen(args[0])
			if err != nil {
				return err
			}
			if opts.Program, err = export.Program(program); err != nil {
				return err
			}
			e, err := export.Compose(c, opts)
			if err != nil {
				return err
			}
			return f.write(cmd.OutOrStdout(), e)
		},
	}
	f.registerWorld(cmd)
	cmd.Flags().StringVar(&opts.Image, "image", "", "the client's `image` where TLSLAB_CLIENT_IMAGE names no other\n(default golang: with the release that built this program)")
	registerProgram(cmd, &program)
	return cmd
}

// registerProgram adds what says which program goes into an image.
func registerProgram(cmd *cobra.Command, program *string) {
	cmd.Flags().StringVar(program, "program", "", "the tlslab for Linux, linked statically, that goes into the image (a `file`;\ndefault this program)")
}
