package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/scenarios"
)

func upCommand() *cobra.Command {
	f := labFlags{}
	var port uint16
	cmd := &cobra.Command{
		Use:   "up ID|FILE",
		Short: "Bring a world up, print how to reach it, and keep it running",
		Example: `  tlslab up chain/missing-intermediate
  tlslab up trust/private-ca --port 3128`,
		Long: `What it prints is a shell script: paste it into another terminal, and every
command there meets the world. Ctrl-C takes the world down.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := scenarios.SelectOne(args[0])
			if err = errors.Join(err, f.one()); err != nil {
				return err
			}
			l, err := f.open(cmd.Context(), lab.Options{Port: fixed(port)}, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close()) }()
			return keepUp(cmd.Context(), l, s, cmd.OutOrStdout())
		},
	}
	f.register(cmd)
	// Another terminal can reach a tunnel, but has to be let into a sandbox.
	cmd.Flags().Lookup("backend").DefValue = "host"
	f.backend = "host"
	cmd.Flags().Uint16Var(&port, "port", 0, "the loopback `port` of the host backend's tunnel (default any free one)")
	return cmd
}

// fixed is a port as the lab takes it; none means any.
func fixed(port uint16) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(int(port))
}

// keepUp keeps a scenario's world running until ctx ends.
func keepUp(ctx context.Context, l *lab.Lab, s *scenarios.Scenario, w io.Writer) (err error) {
	world, err := l.Up(ctx, s.World)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	visitor, err := world.Visitor(s.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "# %s: %s\n# Paste this into another terminal. Ctrl-C here takes the world down.\n", s.ID, s.Title)
	if enter := world.Enter(); enter != nil {
		printEntry(w, enter, visitor)
	} else {
		printExports(w, visitor)
	}
	if clock := s.World.Client.Clock; clock != "" {
		fmt.Fprintf(w, "# The clock stays right in that terminal; this world's client has %s. tlslab shell %s has it too.\n", clock, s.Handle())
	}
	fmt.Fprintf(w, "%s\n", strings.Join(s.World.Client.Run, " "))
	<-ctx.Done()
	return nil
}

// printEntry prints the one command that opens a shell in a world which
// exports alone do not reach.
func printEntry(w io.Writer, enter []string, visitor *client.Client) {
	words := append(enter, "env", "-i", "-C", visitor.Work())
	words = append(words, visitor.Env()...)
	for i, word := range words {
		words[i] = quoted(word)
	}
	fmt.Fprintf(w, "%s %s\n", strings.Join(words, " "), shell())
}

// printExports prints the environment of the world's client, and takes away
// what the terminal's own would change.
func printExports(w io.Writer, visitor *client.Client) {
	fmt.Fprintf(w, "cd %s\n", quoted(visitor.Work()))
	fmt.Fprintln(w, "unset GODEBUG GOENV GOFLAGS GOINSECURE GONOPROXY GONOSUMDB GOPRIVATE GOROOT GOWORK \\")
	fmt.Fprintln(w, "  GIT_SSL_CAINFO GIT_SSL_NO_VERIFY ALL_PROXY NO_PROXY all_proxy no_proxy")
	for _, variable := range visitor.Env() {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(w, "export %s=%s\n", name, quoted(value))
	}
}

// quoted is text as one word of a POSIX shell.
func quoted(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:+") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
