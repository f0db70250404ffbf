package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

func shellCommand() *cobra.Command {
	var f labFlags
	cmd := &cobra.Command{
		Use:   "shell ID|FILE",
		Short: "Open a shell inside a broken world",
		Example: `  tlslab shell trust/private-ca
  tlslab shell --backend host chain/missing-intermediate
  echo 'go get example.test/hello@v1.0.0' | tlslab shell trust/private-ca`,
		Long: `The go command fails in it for real and can be repaired with the real commands;
in the sandbox update-ca-certificates is one of them. The world's certificates
lie in ~/certs. The world, its home, its trust store and what runs in it end with
the shell. Your own files are in reach on all backends but containers, and what
is done to those stays.`,
		Args:              oneScenario,
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := scenarios.SelectOne(args[0])
			if err = errors.Join(err, f.one()); err != nil {
				return err
			}
			l, err := f.open(cmd.Context(), lab.Options{}, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, l.Close()) }()
			return stand(cmd.Context(), l, s, cmd.ErrOrStderr())
		},
	}
	f.register(cmd)
	return cmd
}

// stand brings a scenario's world up and runs a shell in it until it ends.
func stand(ctx context.Context, l *lab.Lab, s *scenarios.Scenario, banner io.Writer) (err error) {
	world, err := l.Up(ctx, s.World)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	// Ctrl-C belongs to what runs in the shell; only the others end it.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	visitor, err := world.Visitor(s.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(banner, `%s: %s

  $ %s

fails here. The world's certificates are in ~/certs. exit leaves, and takes
everything down.
`, s.ID, s.Title, strings.Join(s.World.Client.Run, " "))
	code, err := world.Run(ctx, visitor, []string{shell()}, os.Stdin, os.Stdout, os.Stderr)
	if err == nil && code != 0 {
		return exited(code)
	}
	return err
}

// shell is the plainest interactive shell there is.
func shell() string {
	if runtime.GOOS == "windows" {
		return "cmd.exe"
	}
	if path, err := exec.LookPath("bash"); err == nil {
		return path
	}
	return "/bin/sh"
}
