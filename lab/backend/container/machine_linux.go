package container

import (
	"context"
	"errors"
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"sync"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

const (
	storeFolder  = "/etc/ssl/certs"
	localFolder  = "/usr/local/share/ca-certificates"
	sharedFolder = "/usr/share/ca-certificates"
	confFile     = "/etc/ca-certificates.conf"

	hostsFile    = "/etc/hosts"
	resolverFile = "/etc/resolv.conf"
)

// installed are the folders in which somebody installs a certificate.
var installed = []string{storeFolder, localFolder, sharedFolder}

// machine is a client's container, seen from outside.
type machine struct {
	*guest.Machine
	in  *instance
	env map[string]string
	end func() error // Close, once
}

// Reach is the proxy's own name, which the client resolves.
func (m *machine) Reach(proxy backend.Address) string {
	return net.JoinHostPort(proxy.Host, proxy.Port)
}

// Env is where the image, and the go command that it is lent, have programs.
func (m *machine) Env() map[string]string { return m.env }

func (m *machine) Run(ctx context.Context, c backend.Command) (int, error) {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return 0, errors.New("a command without a program: its first word must be one")
	}
	return m.Start(ctx, c.Args[0], c)
}

func (m *machine) Close() error { return m.end() }

// open makes a machine of a container.
func (c *containers) open(ctx context.Context, i *instance, plan backend.Plan, kind image) (*machine, error) {
	m := newMachine(i, plan)
	reusable := false
	m.end = sync.OnceValue(func() error {
		err := m.CloseListeners()
		if reusable && err == nil {
			c.put(i)
			return nil
		}
		return errors.Join(err, c.discard(i))
	})
	network, err := guest.NetworkOf(plan)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	script, err := furnishing(plan, network, kind, i)
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	stop := context.AfterFunc(ctx, func() { _ = i.link.Close() })
	err = m.Furnish(script, network, plan)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	reusable = i.sealed && len(network.Up()) == 0
	return m, nil
}

func newMachine(i *instance, plan backend.Plan) *machine {
	m := &machine{Machine: guest.New(i.link), in: i, env: map[string]string{"PATH": systemPath}}
	if plan.Go != "" {
		m.env["PATH"] = lend(plan.Go).bin + ":" + systemPath
	}
	return m
}

// furnishing are the instructions that make a container the plan's machine. n
// is nil where Docker answers for names.
func furnishing(plan backend.Plan, n *guest.Network, kind image, i *instance) (script []boot.Words, err error) {
	do := func(words ...boot.Words) { script = append(script, words...) }
	if uid := os.Getuid(); uid != 0 {
		// What commands make in the scratch folder is this user's to remove.
		do(boot.Words{boot.As, strconv.Itoa(uid), strconv.Itoa(os.Getgid())})
		for _, name := range installed { // access(2) does not count rights that root has
			do(boot.Words{boot.Own, name, strconv.Itoa(uid), strconv.Itoa(os.Getgid())})
		}
	}
	if i.sealed {
		for folder := range i.cleared() {
			do(boot.Words{boot.Clear, folder})
		}
	}
	if n != nil {
		do(guest.Write(hostsFile, n.Hosts())...)
		do(guest.Write(resolverFile, "nameserver 127.0.0.1\n")...)
	}
	if plan.Image == "" || len(plan.Roots) > 0 {
		do(boot.Words{boot.Clear, storeFolder}, boot.Words{boot.Mkdir, storeFolder})
		do(guest.Write(path.Join(storeFolder, backend.BundleName), string(backend.Bundle(plan.Roots)))...)
		if kind.debian {
			do(boot.Words{boot.Clear, sharedFolder})
			store, conf := guest.DebianStore(sharedFolder, sharedFolder, storeFolder, plan.Roots)
			do(store...)
			do(guest.Write(confFile, conf)...)
		}
	}
	files := plan.Files
	for name, hosts := range plan.HostsFiles {
		content, err := n.HostsFile(hosts)
		if err != nil {
			return nil, err
		}
		files = withFile(files, name, content)
	}
	for _, name := range slices.Sorted(keys(files)) {
		do(boot.Words{boot.Mkdir, path.Dir(name)})
		do(guest.Write(name, string(files[name]))...)
	}
	if n != nil {
		do(n.Up()...)
	}
	return script, nil
}
