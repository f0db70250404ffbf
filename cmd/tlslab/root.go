package main

import (
	"github.com/spf13/cobra"
)

// root is the command line: one small file a command.
func root() *cobra.Command {
	tellOfImages()
	cmd := &cobra.Command{
		Use:   "tlslab",
		Short: "A test lab of broken TLS for the Go toolchain",
		Example: `  tlslab run                                  play the whole catalogue
  tlslab run chain/missing-intermediate       play one scenario
  tlslab run 'trust/*' my-case.yaml           a family, and a file of your own
  tlslab show chain/missing-intermediate      read its page
  tlslab shell trust/private-ca               stand in it, and repair it
  tlslab list --json                          the catalogue for programs
  tlslab export nginx chain/missing-intermediate -o world
                                              take it to a server of your own
  tlslab doctor                               what this machine can do`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetHelpTemplate(helpTemplate)
	cmd.AddCommand(listCommand(), showCommand(), runCommand(), upCommand(), shellCommand(), exportCommand(), doctorCommand(), serveCommand())
	cmd.SetFlagErrorFunc(flagError)
	refuseUnknown(cmd)
	return cmd
}

// helpTemplate starts with the examples: most people look for one to copy.
const helpTemplate = `{{with .Short}}{{.}}.{{end}}
{{if .HasExample}}
{{.Example}}
{{end}}{{with .Long}}
{{. | trimTrailingWhitespaces}}
{{end}}
Usage:
  {{.UseLine}}{{if .HasAvailableSubCommands}} COMMAND{{end}}
{{if .HasAvailableSubCommands}}
Commands:
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}
Exit codes: 0 all as expected, 1 something deviates, 2 bad usage or a bad file,
3 this machine cannot, 130 interrupted.
`
