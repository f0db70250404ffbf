// Package backend says what a place to play worlds in must be able to do. Each
// such place is a package below this one; lab knows them by this interface
// alone.
package backend

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/tlslab/tlslab/scenarios"
)

// Backend is a kind of place in which a world's client runs and from which it
// reaches the world's hosts. Its methods are safe for concurrent use. One that
// keeps something ready between machines is an [io.Closer] as well: Close gives
// that up, and the backend can still be used.
type Backend interface {
	// Name is how the command line and reports call it.
	Name() string

	// Available is nil where this machine can provide the backend, and else
	// the reason why it cannot. It really tries, once a process.
	Available(ctx context.Context) error

	// Expresses is nil where the backend can play w, and else says what of w
	// it cannot express. It is asked of valid worlds only.
	Expresses(w *scenarios.World) error

	// Open makes one machine. The caller closes it.
	Open(ctx context.Context, plan Plan) (Machine, error)
}

// Plan is what a machine is made for.
type Plan struct {
	// Dir is an empty folder of this machine's own. Whatever the backend needs
	// on disk goes below it; the caller removes it after Close.
	Dir string

	// Scratch is a folder, Dir in it, in which everything lies that commands
	// are given: their homes, caches and folders. A machine with a file system
	// of its own has it under the same path. Empty means Dir.
	Scratch string

	// Go is the path of the go command that commands find in PATH. Empty means
	// that none needs it.
	Go string

	// Image is what the client's machine is made of. Empty means whatever the
	// backend takes for the client's system.
	Image string

	// Addresses are the names and ports that the client can reach.
	Addresses []Address

	// Proxies are those of the addresses that are HTTP proxies, which a
	// client's own setting names.
	Proxies []Address

	// Port is the loopback port at which a backend with one door for all
	// addresses listens. Empty means any free one.
	Port string

	// Roots are the certificates of the system's trust store, PEM blocks.
	Roots [][]byte

	// Files are put under absolute paths before the first command.
	Files map[string][]byte

	// HostsFiles are files as Files are. Each has a hosts(5) line with the
	// address of every one of these hosts.
	HostsFiles map[string][]string

	// Names are what the client's resolver is told of them. Any other name in
	// Addresses leads to its host, and the rest to nothing.
	Names map[string]scenarios.Name
}

// Address is where a host is reached, as the client names it.
type Address struct {
	Host string // a DNS name or an IP address
	Port string // decimal; empty for a name at which nothing listens
}

// Machine is one client's machine. It is not safe for concurrent use, except
// for Close and the listeners.
type Machine interface {
	// Listener gives the connections that the client opens to a, nil where the
	// plan has no such address. It belongs to the machine, which closes it. A
	// connection is a *net.TCPConn or gives it by NetConn() net.Conn.
	Listener(a Address) net.Listener

	// Reach is the host:port at which a client's programs find a proxy of the
	// plan: its own name and port where those mean something to them.
	Reach(proxy Address) string

	// Env is what the client's environment needs here, on top of the lab's.
	Env() map[string]string

	// Run runs one command to its end. It returns an error only where the
	// command could not be run or ctx ended first, in which case every process
	// that it started is gone. What a command leaves running when it ends is
	// killed. The exit status of one that a signal ended is 128 plus the
	// signal's number.
	Run(ctx context.Context, cmd Command) (exit int, err error)

	// Close ends every process and listener of the machine.
	Close() error
}

// Command is one process. The environment is Env and nothing else.
type Command struct {
	Args   []string // Args[0] is looked up in PATH of Env
	Dir    string
	Env    []string
	Stdin  io.Reader
	Stdout io.Writer // an *os.File is handed over as it is, so that a terminal stays one
	Stderr io.Writer

	// Clock is how far the clock of the process, and of all that it starts, is
	// ahead of the right one, in whole seconds; negative where it is behind.
	Clock time.Duration
}

// Making is how far a backend has come with something that it makes once and
// keeps, as the image of a container.
type Making struct {
	Image string        // as a world names it
	Text  string        // what is being done, or what came of it
	Took  time.Duration // so far
	Done  bool
}
