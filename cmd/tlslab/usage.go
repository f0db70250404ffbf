package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/report"
)

// oneScenario is the check of a command that takes one scenario.
func oneScenario(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes one scenario, an ID or a file, and got %d arguments; tlslab list prints the IDs", cmd.CommandPath(), len(args))
	}
	return nil
}

// noArguments is the check of a command that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasSubCommands():
		return fmt.Errorf("%s: unknown command %q; %s --help lists them", cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])
}

// valueOf says what a flag of a type takes.
var valueOf = map[string]string{"int": "a whole number", "uint16": "a number from 0 to 65535", "bool": "true or false"}

// flagError says what is wrong with a flag, without the words of package
// strconv.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if expected, ok := valueOf[invalid.GetFlag().Value.Type()]; ok {
			return fmt.Errorf("--%s %s: expected %s", invalid.GetFlag().Name, invalid.GetValue(), expected)
		}
	}
	return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
}

// refuseUnknown has the two commands that come with cobra refuse what they do
// not know; of themselves they print help and succeed.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = noArguments
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range cmd.Commands() {
				shell.Args = noArguments
			}
		case "help":
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				_, _, err := root.Find(args)
				return err
			}
		}
	}
}

// written is the error where not all of a report has reached its reader.
func written(p *report.Paper) error {
	if err := p.Err(); err != nil {
		return fmt.Errorf("%w write the output: %w", lab.ErrUnavailable, err)
	}
	return nil
}
