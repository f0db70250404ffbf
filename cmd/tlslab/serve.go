package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// readySocket is where a server that is up answers, in the abstract namespace of
// its container (unix(7)).
const readySocket = "@tlslab-serve"

type serveFlags struct {
	host, trial string
	ready       bool
}

// serveCommand is what runs in the containers of an exported world. It listens
// on all addresses, which are the container's, so it is not for people to see.
func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:    "serve FOLDER",
		Short:  "Serve one host of an exported world, in a container",
		Hidden: true,
		Args:   cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.ready {
				return answers()
			}
			if len(args) == 0 {
				return errors.New("serve: expected the folder that tlslab export compose has put into the image")
			}
			return f.serve(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&f.host, "host", "", "the `name` of the host")
	cmd.Flags().StringVar(&f.trial, "trial", lab.Broken, "whose world: broken, or fix:ID")
	cmd.Flags().BoolVar(&f.ready, "ready", false, "ask whether the server of this container is up")
	return cmd
}

// answers is nil where a server of this container is up.
func answers() error {
	conn, err := net.Dial("unix", readySocket)
	if err != nil {
		return fmt.Errorf("%w reach a server here: %w", lab.ErrUnavailable, err)
	}
	return conn.Close()
}

// serve serves until ctx ends, and then tells what it has seen.
func (f *serveFlags) serve(ctx context.Context, dir string, w io.Writer) (err error) {
	world, made, err := f.read(dir)
	if err != nil {
		return err
	}
	outpost, err := lab.NewOutpost(lab.OutpostConfig{
		World: world, Host: f.host, Materials: made,
		Listen: listenInContainer,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, outpost.Close()) }()
	ready, err := net.Listen("unix", readySocket)
	if err != nil {
		return fmt.Errorf("%w say that the server is up: %w", lab.ErrUnavailable, err)
	}
	defer func() { err = errors.Join(err, ready.Close()) }()
	fmt.Fprintf(w, "%s is up\n", f.host)
	<-ctx.Done()
	return json.NewEncoder(w).Encode(outpost.Evidence())
}

// listenInContainer listens on all addresses of a container, whose first process
// this one is. On a person's machine nothing listens beyond loopback.
func listenInContainer(port string) (net.Listener, error) {
	if os.Getpid() != 1 {
		return nil, errors.New("this is not the first process of a container; to bring a world up here, use tlslab up")
	}
	return net.Listen("tcp", ":"+port)
}

// read reads what an export has written.
func (f *serveFlags) read(dir string) (world scenarios.World, made lab.Materials, err error) {
	s, err := scenarios.Load(filepath.Join(dir, "scenario.yaml"))
	if err != nil {
		return world, made, err
	}
	for _, c := range lab.Cases(s) {
		if c.Name() != f.trial {
			continue
		}
		if world, err = c.World(); err != nil {
			return world, made, err
		}
		set, err := certgen.Load(world.Certificates, os.DirFS(filepath.Join(dir, "certificates")))
		if err != nil {
			return world, made, err
		}
		key, err := os.ReadFile(filepath.Join(dir, "sumdb.key"))
		if err != nil {
			return world, made, err
		}
		made, err = lab.Remake(world, set, string(key))
		return world, made, err
	}
	return world, made, fmt.Errorf("--trial %s: the scenario has no such trial", f.trial)
}
