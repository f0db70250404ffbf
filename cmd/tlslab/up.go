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
		Args:              oneScenario,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := scenarios.SelectOne(args[0])
			if err = errors.Join(err, f.one()); err != nil {
				return err
			}
			if port != 0 && f.backend != "host" {
				return fmt.Errorf("--port %d: only the host backend has a tunnel with a port; leave it out, or --backend %s", port, f.backend)
			}
			if strings.HasPrefix(f.backend, "container") {
				return fmt.Errorf("--backend %s: another terminal cannot reach into a container by itself; use host or sandbox, or tlslab shell %s --backend %s", f.backend, s.Handle(), f.backend)
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
	enter := world.Enter()
	if enter != nil {
		printEntry(w, enter, visitor, s.World.Client.Run)
	} else {
		printExports(w, visitor)
	}
	if clock := s.World.Client.Clock; clock != "" {
		fmt.Fprintf(w, "# The clock stays right in that terminal; this world's client has %s. tlslab shell %s has it too.\n", clock, s.Handle())
	}
	if enter == nil {
		fmt.Fprintln(w, strings.Join(s.World.Client.Run, " "))
	}
	<-ctx.Done()
	return nil
}

// printEntry prints the one command that runs the client's in a world which
// exports alone do not reach, and then opens a shell there. As a line of its
// own the client's would run outside where the world is gone.
func printEntry(w io.Writer, enter []string, visitor *client.Client, run []string) {
	words := append(enter, "env", "-i", "-C", visitor.Work())
	words = append(words, visitor.Env()...)
	words = append(words, shell(), "-c", strings.Join(run, " ")+"; exec "+shell())
	for i, word := range words {
		words[i] = quoted(word)
	}
	fmt.Fprintln(w, strings.Join(words, " "))
}

// printExports prints the environment of the world's client, and takes away
// what the terminal's own would change: XDG_CONFIG_HOME alone leads go env -w
// and git config to the user's own files.
func printExports(w io.Writer, visitor *client.Client) {
	fmt.Fprintf(w, "cd %s\n", quoted(visitor.Work()))
	fmt.Fprintln(w, "unset GOAUTH GOCACHEPROG GODEBUG GOENV GOFLAGS GOINSECURE GONOPROXY GONOSUMDB GOPRIVATE GOROOT \\")
	fmt.Fprintln(w, "  GOTMPDIR GOVCS GOWORK GIT_ASKPASS GIT_CONFIG_COUNT GIT_CONFIG_GLOBAL GIT_CONFIG_PARAMETERS \\")
	fmt.Fprintln(w, "  GIT_SSL_CAINFO GIT_SSL_CERT GIT_SSL_KEY GIT_SSL_NO_VERIFY SSH_ASKPASS XDG_CACHE_HOME \\")
	fmt.Fprintln(w, "  XDG_CONFIG_HOME CURL_HOME ALL_PROXY NO_PROXY all_proxy no_proxy")
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
