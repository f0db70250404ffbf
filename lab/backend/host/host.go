// Package host is the backend that needs no privilege and no particular
// system: a world's client runs beside the harness, and its HTTPS_PROXY is an
// HTTP CONNECT tunnel on loopback that carries real names to listeners within
// the harness. Nothing is ever dialled.
package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/clock"
	"github.com/tlslab/tlslab/scenarios"
)

// New returns the backend. It is the same everywhere and needs nothing.
func New() backend.Backend { return host{} }

type host struct{}

func (host) Name() string { return "host" }

// Available asks for the one thing it takes: a port on loopback.
func (host) Available(ctx context.Context) error {
	l, err := listen(ctx, "")
	if err != nil {
		return err
	}
	return l.Close()
}

// systemTools keep the trust store of the system, which the client has only
// one of here: the machine's own.
var systemTools = []string{"update-ca-certificates", "update-ca-trust", "trust", "dpkg-reconfigure", "security", "certutil"}

// tunnelless programs connect by themselves whatever HTTPS_PROXY says, so that
// no tunnel can carry them. Of openssl that is s_client.
var tunnelless = []string{"s_client", "node", "java"}

// Expresses refuses what a client cannot be shown through a tunnel, or only by
// changing the machine.
func (host) Expresses(w *scenarios.World) error {
	if w.Client.Clock != "" {
		if err := clock.Available(); err != nil {
			return fmt.Errorf("client.clock: %w", err)
		}
	}
	return expresses(w, runtime.GOOS)
}

func expresses(w *scenarios.World, system string) error {
	if w.Client.Image != "" {
		return errors.New("client.image: only a container is made of one; take --backend container")
	}
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		if ip, err := netip.ParseAddr(name); name == "localhost" || err == nil && ip.IsLoopback() {
			return fmt.Errorf("host %s: go sends localhost and loopback addresses past every proxy, and so past the tunnel", name)
		}
		if listens := w.Hosts[name].Listens; listens != nil && len(listens) == 0 {
			return fmt.Errorf("host %s: it listens nowhere, and a refused connection cannot be shown through a tunnel", name)
		}
	}
	if err := expressesNames(w); err != nil {
		return err
	}
	if err := expressesPorts(w); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.Client.Files)) {
		if path.IsAbs(name) || filepath.IsAbs(name) {
			return fmt.Errorf("client file %s: only folders of the lab's own are written to; put it below $HOME", name)
		}
	}
	if err := expressesProxies(w); err != nil {
		return err
	}
	for _, command := range append(slices.Clone(w.Client.Before), w.Client.Run) {
		for _, program := range programs(command) {
			if slices.Contains(systemTools, path.Base(program)) {
				return fmt.Errorf("command %s: it would change this machine's own trust store", program)
			}
			if slices.Contains(tunnelless, path.Base(program)) {
				return fmt.Errorf("command %s: it does not go by HTTPS_PROXY, and only a tunnel leads to the hosts", program)
			}
		}
	}
	if len(w.Client.Trusts) > 0 && (system == "darwin" || system == "windows") {
		return fmt.Errorf("client.trusts: go on %s ignores SSL_CERT_FILE and asks the system's own store, which is not the lab's to change", system)
	}
	return nil
}

// programs are the words of a command that may name a program: the first, what
// openssl is to do, and all of a script that a shell gets by -c.
func programs(command scenarios.Command) []string {
	if len(command) > 1 && command[0] == "openssl" {
		return command[:2]
	}
	if len(command) > 2 && command[1] == "-c" {
		return append(strings.Fields(command[2]), command[0])
	}
	return command[:min(1, len(command))]
}

// Open starts a tunnel and writes the trust store.
func (host) Open(ctx context.Context, plan backend.Plan) (backend.Machine, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(plan.Files) > 0 || len(plan.HostsFiles) > 0 {
		return nil, errors.New("the host backend writes no file outside its own folder")
	}
	store, err := writeStore(plan)
	if err != nil {
		return nil, err
	}
	proxies, err := openProxies(plan)
	if err != nil {
		return nil, err
	}
	l, err := listen(ctx, plan.Port)
	if err != nil {
		return nil, errors.Join(err, closeAll(proxies))
	}
	return &machine{store: store, tunnel: serveTunnel(l, plan), proxies: proxies}, nil
}

// listen opens port on loopback, any free one where it is empty.
func listen(ctx context.Context, port string) (net.Listener, error) {
	if port == "" {
		port = "0"
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, fmt.Errorf("the tunnel of the host backend has no port on loopback: %w; name another, or none for any free one", err)
	}
	return l, nil
}

// writeStore lays the roots out as Debian does /etc/ssl/certs, so that a world
// which points SSL_CERT_FILE elsewhere meets what it would on such a system.
func writeStore(plan backend.Plan) (dir string, err error) {
	dir = filepath.Join(plan.Dir, "certs")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, backend.BundleName), backend.Bundle(plan.Roots), 0o644); err != nil {
		return "", err
	}
	for i, name := range backend.HashNames(plan.Roots) {
		if name == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), backend.Bundle(plan.Roots[i:i+1]), 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// machine is this machine, seen through a tunnel.
type machine struct {
	store   string
	tunnel  *tunnel
	proxies map[backend.Address]net.Listener
}

func (m *machine) Listener(a backend.Address) net.Listener {
	if l, ok := m.proxies[a]; ok {
		return l
	}
	if l, ok := m.tunnel.addresses[key(a.Host, a.Port)]; ok {
		return l
	}
	return nil
}

// Env leads a client to the tunnel and the store. git gets the folder alone,
// as Debian's does by default: with GIT_SSL_CAINFO in the environment it would
// no longer obey http.sslCAInfo, and its errors would name another file.
func (m *machine) Env() map[string]string {
	proxy := "http://" + m.tunnel.listener.Addr().String()
	bundle := filepath.Join(m.store, backend.BundleName)
	return map[string]string{
		"HTTPS_PROXY": proxy, "https_proxy": proxy,
		"HTTP_PROXY": proxy, "http_proxy": proxy,
		"SSL_CERT_FILE":  bundle,
		"SSL_CERT_DIR":   m.store,
		"GIT_SSL_CAPATH": m.store,
		"CURL_CA_BUNDLE": bundle,
	}
}

func (m *machine) Run(ctx context.Context, c backend.Command) (int, error) {
	return backend.Run(ctx, c)
}

func (m *machine) Close() error { return errors.Join(m.tunnel.close(), closeAll(m.proxies)) }
