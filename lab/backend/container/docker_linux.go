package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// patience is how long the daemon may take to say that it is there.
const patience = 2 * time.Second

// defaultHost is where a daemon listens that nobody has put elsewhere.
const defaultHost = "unix:///var/run/docker.sock"

// docker is the connection to the daemon. It is tried once a process.
var docker = sync.OnceValues(func() (*testcontainers.DockerClient, error) {
	host := os.Getenv("DOCKER_HOST")
	if host == "" {
		host = defaultHost
	}
	if err := probe(host); err != nil {
		return nil, err
	}
	c, err := connect(host)
	connected.Store(err == nil)
	return c, err
})

// connected says whether [docker] has found a daemon.
var connected atomic.Bool

// probe asks the daemon for a sign of life. testcontainers-go would go on to
// look for another one where DOCKER_HOST is wrong, and waits far longer.
func probe(host string) error {
	if u, err := url.Parse(host); err != nil || u.Scheme == "" {
		return fmt.Errorf("DOCKER_HOST is %q: expected a URL such as %s", host, defaultHost)
	}
	c, err := client.New(client.WithHost(host))
	if err == nil {
		c, err = client.New(client.FromEnv, client.WithHost(host))
	}
	if err != nil {
		return fmt.Errorf("DOCKER_HOST is %q: %w; expected a URL such as %s", host, err, defaultHost)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err = c.Ping(ctx, client.PingOptions{})
	if err != nil {
		return fmt.Errorf("no Docker at %s: %s", host, silence(ctx, host, err))
	}
	return nil
}

// silence says why the daemon does not answer, and what to do.
func silence(ctx context.Context, host string, err error) string {
	socket, local := strings.CutPrefix(host, "unix://")
	switch {
	case ctx.Err() != nil:
		return fmt.Sprintf("no answer within %v; correct DOCKER_HOST, or look after the daemon", patience)
	case !local:
		return err.Error() + "; correct DOCKER_HOST"
	}
	// The client's error does not unwrap to that of the socket.
	switch probe := reach(socket); {
	case errors.Is(probe, fs.ErrNotExist):
		return "there is no such socket; install Docker, start its daemon, or set DOCKER_HOST"
	case errors.Is(probe, fs.ErrPermission):
		return "this user may not use the socket; become a member of its group (usermod -aG docker), or run as root"
	case errors.Is(probe, syscall.ECONNREFUSED):
		return "nobody listens at the socket; start the daemon"
	}
	return err.Error()
}

// reach connects to a socket, and gives the error of that.
func reach(socket string) error {
	s, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(s)
	return syscall.Connect(s, &syscall.SockaddrUnix{Name: socket})
}

// settings are what testcontainers-go needs where no registry can be reached:
// its reaper is an image of its own, and on a virtual machine with a
// /.dockerenv it takes itself to be in a container. It reads them when it first
// connects and never again, so they are set for that long only: what this
// process starts later does not see them.
var settings = map[string]string{
	"TESTCONTAINERS_RYUK_DISABLED": "true",
	"TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
}

func connect(host string) (*testcontainers.DockerClient, error) {
	for name, value := range settings {
		defer restore(name)()
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	defer log.SetDefault(log.Default())
	log.SetDefault(log.NewNoopLogger()) // a page about the daemon
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf("no Docker at %s: %w", host, err)
	}
	if found := c.DaemonHost(); found != host {
		return nil, fmt.Errorf("~/.testcontainers.properties names the Docker daemon at %s, and DOCKER_HOST the one at %s; remove one of the two", found, host)
	}
	return c, nil
}

// restore gives the function that gives a variable its present value again.
func restore(name string) func() {
	before, set := os.LookupEnv(name)
	return func() {
		if set {
			_ = os.Setenv(name, before)
		} else {
			_ = os.Unsetenv(name)
		}
	}
}

// explain adds to an error of the daemon what to do about it, where that is not
// in the error.
func explain(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "no space left on device"):
		return fmt.Errorf("the disk of Docker is full: `docker system df` tells of what, `docker system prune` makes room (%w)", err)
	case strings.Contains(text, "could not find an available"), strings.Contains(text, "all predefined address pools have been fully subnetted"):
		return fmt.Errorf("no subnet is left to Docker for a network: `docker network prune` removes unused ones (%w)", err)
	}
	return err
}
