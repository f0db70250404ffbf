package host

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

// proxyVariables say whether and how a client uses a proxy, and so whether it
// finds the tunnel. Their case does not matter.
var proxyVariables = []string{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}

// expressesProxies refuses what keeps a client from the tunnel. HTTPS_PROXY can
// name a proxy of the world that speaks plain HTTP: it gets a port on loopback,
// and what the client sends through it ends in the harness too.
func expressesProxies(w *scenarios.World) error {
	known := plainProxies(w)
	for _, name := range slices.Sorted(maps.Keys(w.Client.Env)) {
		value, upper := w.Client.Env[name], strings.ToUpper(name)
		switch {
		case !slices.Contains(proxyVariables, upper):
		case upper != "HTTPS_PROXY":
			return fmt.Errorf("client variable %s: the client finds its hosts by it", name)
		case !slices.Contains(known, proxyOf(value)):
			return fmt.Errorf("client variable %s: only a proxy of the world that speaks plain HTTP, named with its port, can be shown beside the tunnel", name)
		}
	}
	for _, command := range append(slices.Clone(w.Client.Before), w.Client.Run) {
		if proxy := mentioned(known, strings.Join(command, " ")); proxy != "" {
			return fmt.Errorf("command %s: it names the proxy %s, which has another address here", command[0], proxy)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Client.Files)) {
		if proxy := mentioned(known, w.Client.Files[name].Text); proxy != "" {
			return fmt.Errorf("client file %s: it names the proxy %s, which has another address here", name, proxy)
		}
	}
	return nil
}

// proxyOf is the host:port that go understands a proxy's variable to name, with
// or without a scheme. It would look any other up in the machine's own DNS.
func proxyOf(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		if u, err = url.Parse("http://" + value); err != nil {
			return ""
		}
	}
	return u.Host
}

// plainProxies are the host:port of the proxies to which a client speaks HTTP
// without TLS.
func plainProxies(w *scenarios.World) []string {
	var list []string
	for name, host := range w.Hosts {
		for port, speaks := range host.Listens {
			if host.Serves == scenarios.ForwardProxy && speaks == scenarios.SpeaksHTTP {
				list = append(list, net.JoinHostPort(name, port))
			}
		}
	}
	return list
}

func mentioned(proxies []string, text string) string {
	for _, proxy := range proxies {
		if strings.Contains(text, proxy) {
			return proxy
		}
	}
	return ""
}

// openProxies opens the ports on loopback of a plan's proxies.
func openProxies(plan backend.Plan) (map[backend.Address]net.Listener, error) {
	proxies := map[backend.Address]net.Listener{}
	for _, a := range plan.Proxies {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("proxy %s: %w", net.JoinHostPort(a.Host, a.Port), err), closeAll(proxies))
		}
		proxies[a] = l
	}
	return proxies, nil
}

// closeAll closes listeners that nobody has closed yet.
func closeAll(listeners map[backend.Address]net.Listener) error {
	var errs []error
	for _, l := range listeners {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Reach is a port on loopback for a proxy.
func (m *machine) Reach(a backend.Address) string {
	if l, ok := m.proxies[a]; ok {
		return l.Addr().String()
	}
	return net.JoinHostPort(a.Host, a.Port)
}
