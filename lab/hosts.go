package lab

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"

	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// servedHost is one port of a host that is up.
type servedHost struct {
	name string
	*endpoint.Endpoint
}

// serve starts every host of the world on every port of it. The proxies come
// first, so that they settle before the hosts that they speak to.
func (r *World) serve() error {
	proxies := slices.DeleteFunc(proxies(r.world), r.elsewhere)
	for _, name := range proxies {
		if err := r.serveProxy(name); err != nil {
			return fmt.Errorf("host %s: %w", name, err)
		}
	}
	if len(proxies) > 0 {
		if err := r.openDoors(); err != nil {
			return err
		}
	}
	for address := range r.addresses() {
		host := r.world.Hosts[address.Host]
		if r.elsewhere(address.Host) || host.Serves == scenarios.ForwardProxy || r.routed(address.Host, address.Port) != "" {
			continue
		}
		handler, err := r.handler(address.Host)
		if err != nil {
			return fmt.Errorf("host %s: %w", address.Host, err)
		}
		_, err = r.start(endpoint.Config{
			Name: address.Host, Host: host, Protocol: protocol(host, address.Port),
			Handler: handler, Listener: r.machine.Listener(address),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *World) start(cfg endpoint.Config) (*endpoint.Endpoint, error) {
	cfg.Set = r.set
	e, err := endpoint.Start(cfg)
	if err != nil {
		return nil, err
	}
	r.hosts = append(r.hosts, &servedHost{name: cfg.Name, Endpoint: e})
	return e, nil
}

// elsewhere says whether a host is up in another process, see [Outpost].
func (r *World) elsewhere(name string) bool { return r.doors.only != "" && name != r.doors.only }

// protocol is what a host speaks on a port: TLS unless it says otherwise.
func protocol(h scenarios.Host, port string) scenarios.Protocol {
	if speaks := h.Listens[port]; speaks != "" {
		return speaks
	}
	return scenarios.SpeaksTLS
}

// handler is what a host serves, at all of its doors.
func (r *World) handler(name string) (http.Handler, error) {
	if h, ok := r.handlers[name]; ok {
		return h, nil
	}
	h, err := r.newHandler(name, r.world.Hosts[name])
	r.handlers[name] = h
	return h, err
}

func (r *World) newHandler(name string, host scenarios.Host) (http.Handler, error) {
	switch host.Serves {
	case scenarios.Modules:
		if host.RelaysSumdb != nil && !*host.RelaysSumdb {
			return servers.NewModuleProxy(r.served, nil), nil
		}
		return servers.NewModuleProxy(r.served, r.sumdb), nil
	case scenarios.Sumdb:
		return r.sumdb, nil
	case scenarios.Git:
		return servers.NewGit(r.served, filepath.Join(r.dir, "git-"+name), name)
	case scenarios.Page:
		return servers.NewPage(), nil
	case scenarios.ReverseProxy:
		return r.upstream(*host.Upstream)
	}
	return http.NotFoundHandler(), nil
}

// upstream is a reverse proxy of another host.
func (r *World) upstream(u scenarios.Upstream) (http.Handler, error) {
	config, err := r.upstreamTLS(u)
	if err != nil {
		return nil, err
	}
	if err := r.openDoor(u.Host, "443", scenarios.SpeaksTLS); err != nil {
		return nil, err
	}
	return servers.NewUpstream(r.doors.dial, u.Host, config, u.FailureStatus), nil
}

func (r *World) upstreamTLS(u scenarios.Upstream) (*tls.Config, error) {
	roots, err := r.roots(u.Trusts)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: u.Host, RootCAs: roots, InsecureSkipVerify: u.Verifies != nil && !*u.Verifies}
	if u.Certificate != "" {
		own, err := r.set.TLS([]string{u.Certificate}, "")
		if err != nil {
			return nil, err
		}
		// As nginx does, and unlike net/http, which keeps to itself what the
		// host says it would not accept.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	}
	return config, nil
}

// roots are certificates with which a host verifies another.
func (r *World) roots(names []string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, name := range names {
		root, err := r.set.Certificate(name).Parse()
		if err != nil {
			return nil, fmt.Errorf("trusts %s: %w", name, err)
		}
		pool.AddCert(root)
	}
	return pool, nil
}
