// Package container is the backend that gives a client an image of its own:
// a real distribution, with its programs and its trust store, in a Docker
// container. Importing the package registers two backends; package lab alone
// does not.
//
// The container's first process is the harness's own program, see package
// boot. It opens sockets in the container and hands them to the harness, which
// serves them, and starts the client's commands; so names and ports are real,
// and nothing has to be reachable from outside.
//
// In "container" the hosts of a world live in the client's own network, and a
// container that a world cannot leave traces in is used again. In
// "container-servers" each host has a container.
//
// It needs a Docker daemon on the same Linux machine.
package container

import "github.com/tlslab/tlslab/lab/backend"

// RequireEnv is the environment variable that makes tests fail where they would
// be skipped because there is no Docker: it is then "1".
const RequireEnv = "TLSLAB_REQUIRE_CONTAINERS"

func init() {
	backend.Register(New())
	backend.Register(NewServers())
}

// New returns the backend. It is an [io.Closer]: Close ends the containers that
// wait for a world and returns when Docker has removed all of this backend's.
func New() backend.Backend { return &containers{name: "container", shares: true} }

// NewUnshared is [New], but with a container for every machine: what New costs
// at worst.
func NewUnshared() backend.Backend { return &containers{name: "container"} }

// NewServers returns the backend whose hosts have containers of their own, with
// their names and ports, on a network of Docker's; so packets cross a bridge,
// and Docker answers for names. It is closed as [New]'s is.
func NewServers() backend.Backend {
	return &servers{containers{name: "container-servers"}}
}

func (c *containers) Name() string { return c.name }
