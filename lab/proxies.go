package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/mitm"
	"github.com/tlslab/tlslab/scenarios"
)

// proxies are the hosts of a world that are HTTP proxies, by name.
func proxies(w scenarios.World) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		if w.Hosts[name].Serves == scenarios.ForwardProxy {
			names = append(names, name)
		}
	}
	return names
}

// routed is the transparent proxy that takes what clients send to a port of a
// host, "" where there is none.
func (r *World) routed(name, port string) string {
	for _, proxy := range proxies(r.world) {
		host := r.world.Hosts[proxy]
		if host.Listens[port] != scenarios.SpeaksTransparent {
			continue
		}
		if name == proxy || r.world.Hosts[name].Serves != scenarios.ForwardProxy && mitm.Patterns(host.Proxy.Intercepts).Match(name) {
			return proxy
		}
	}
	return ""
}

// serveProxy starts a proxy on its own ports and, where it is transparent, on
// those of the hosts that it is in the way of. Connections whose TLS it opens
// are those of an endpoint of their own, so that evidence tells what client and
// proxy saw of each other.
func (r *World) serveProxy(name string) error {
	host := r.world.Hosts[name]
	if host.Proxy == nil {
		host.Proxy = &scenarios.Proxy{}
	}
	var intercepted *endpoint.Endpoint
	proxy, err := r.newProxy(*host.Proxy, host.Answers, func(client net.Conn, address string) {
		asked, _, _ := net.SplitHostPort(address)
		intercepted.Take(client, asked)
	})
	if err != nil {
		return err
	}
	opened := endpoint.Config{
		Name: name, Host: opening(host), Protocol: scenarios.SpeaksTransparent,
		Handler: proxy.Intercepted(), Sign: r.resigner(*host.Proxy).chain, Patience: patience,
	}
	for address := range r.addresses() {
		config := opened
		config.Host.Behind = host.Behind
		switch speaks := protocol(host, address.Port); {
		case r.routed(address.Host, address.Port) == name:
		case address.Host == name && speaks != scenarios.SpeaksTransparent:
			config = endpoint.Config{Name: name, Host: spokenTo(host), Protocol: speaks, Handler: proxy, Patience: patience}
		default:
			continue
		}
		config.Listener = r.machine.Listener(address)
		if _, err := r.start(config); err != nil {
			return err
		}
	}
	intercepted, err = r.start(opened) // before there is a client
	return err
}

// patience is how long a proxy waits for a client to speak: longer than any
// client waits for an answer, but git. Tests that wait for it shorten it.
var patience = 75 * time.Second

// spokenTo is a proxy as its clients meet it when they speak to it. HTTP/2 has
// no connections that a proxy could hand over.
func spokenTo(host scenarios.Host) scenarios.Host {
	host.TLS = withALPN(host.TLS, "http/1.1")
	host.Answers = nil // for what passes through
	return host
}

// opening is a proxy as a client meets it that believes to speak to another
// host. What stands before the proxy stands before that it is spoken to.
func opening(host scenarios.Host) scenarios.Host {
	protocols := []string{"http/1.1"}
	if host.Proxy.HTTP2 {
		protocols = []string{"h2", "http/1.1"}
	}
	host.TLS = withALPN(host.TLS, protocols...)
	host.Answers, host.Behind = nil, nil
	return host
}

// withALPN fills in what a host offers where it does not say.
func withALPN(t *scenarios.TLS, protocols ...string) *scenarios.TLS {
	var offer scenarios.TLS
	if t != nil {
		offer = *t
	}
	if offer.ALPN == nil {
		offer.ALPN = protocols
	}
	return &offer
}

// newProxy is what a proxy does with requests.
func (r *World) newProxy(p scenarios.Proxy, answers []scenarios.Answer, intercept func(net.Conn, string)) (*mitm.Proxy, error) {
	if _, err := servers.Answering(answers, nil); err != nil {
		return nil, err
	}
	other := r.served
	if p.Tampers {
		var err error
		if other, err = r.store.Tampered(); err != nil {
			return nil, err
		}
	}
	verify, err := r.verifying(p)
	if err != nil {
		return nil, err
	}
	return mitm.NewProxy(mitm.ProxyConfig{
		Dial:       r.doors.dial,
		TLS:        verify,
		Intercepts: p.Intercepts,
		Forbids:    p.Forbids,
		Users:      p.Users,
		Schemes:    p.Schemes,
		Connect:    mitm.Connect(p.Connect),
		Intercept:  intercept,
		Change: func(next http.Handler) http.Handler {
			if p.Tampers {
				next = servers.Tampering(other, next)
			}
			next, _ = servers.Answering(answers, next) // tried above
			return next
		},
	}), nil
}

func (r *World) verifying(p scenarios.Proxy) (*tls.Config, error) {
	if p.Verifies != nil && !*p.Verifies {
		return &tls.Config{InsecureSkipVerify: true}, nil
	}
	roots, err := r.roots(p.Trusts)
	return &tls.Config{RootCAs: roots}, err
}

// resigner makes the certificates that a proxy presents in the place of hosts'
// own.
type resigner struct {
	scenarios.Proxy
	set    *certgen.Set
	doors  *doors
	leaves mitm.Leaves
}

func (r *World) resigner(p scenarios.Proxy) *resigner {
	if p.Sends == nil {
		p.Sends = []string{p.SignsWith}
	}
	return &resigner{Proxy: p, set: r.set, doors: r.doors}
}

// chain is what the proxy presents for host.
func (s *resigner) chain(host string) (*endpoint.Chain, error) {
	name := "resigned-" + strings.ReplaceAll(host, ":", "-") // of an IPv6 address
	leaf, err := s.leaves.Fetch(host, func() (*tls.Certificate, error) { return s.sign(name, host) })
	if err != nil {
		return nil, err
	}
	return &endpoint.Chain{Names: append([]string{name}, s.Sends...), Certificate: *leaf}, nil
}

func (s *resigner) sign(name, host string) (*tls.Certificate, error) {
	spec := s.Leaf
	spec.Issuer = s.SignsWith
	if spec.Names == nil {
		spec.Names = []string{host}
	}
	if s.CopiesDates {
		if err := s.copyDates(&spec, host); err != nil {
			return nil, err
		}
	}
	leaf, err := s.set.Issue(name, spec, time.Now())
	if err != nil {
		return nil, err
	}
	certificate := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: leaf.Key}
	for _, name := range s.Sends {
		certificate.Certificate = append(certificate.Certificate, s.set.Certificate(name).Raw)
	}
	return certificate, nil
}

// copyDates looks at what the host itself presents on 443.
func (s *resigner) copyDates(spec *certgen.Spec, host string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), copyTimeout)
	defer cancel()
	raw, err := s.doors.dial(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return err
	}
	conn := tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	defer func() { err = errors.Join(err, raw.Close()) }()
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("copying the dates of %s: %w", host, err)
	}
	original := conn.ConnectionState().PeerCertificates[0]
	spec.NotBefore = certgen.Moment(original.NotBefore.UTC().Format(time.RFC3339))
	spec.NotAfter = certgen.Moment(original.NotAfter.UTC().Format(time.RFC3339))
	return nil
}

// copyTimeout is how long a proxy waits for a host before it gives a client up.
const copyTimeout = 10 * time.Second

// proxyAddresses are those at which a client speaks to a proxy as such.
func (r *World) proxyAddresses() []backend.Address {
	var list []backend.Address
	for address := range r.addresses() {
		host := r.world.Hosts[address.Host]
		if host.Serves == scenarios.ForwardProxy && protocol(host, address.Port) != scenarios.SpeaksTransparent {
			list = append(list, address)
		}
	}
	return list
}

// addresses are the hosts and ports of the world, sorted.
func (r *World) addresses() func(yield func(backend.Address) bool) {
	return func(yield func(backend.Address) bool) {
		for _, name := range slices.Sorted(maps.Keys(r.world.Hosts)) {
			for _, port := range ports(r.world.Hosts[name]) {
				if !yield(backend.Address{Host: name, Port: port}) {
					return
				}
			}
		}
	}
}

// reaching is a client's environment with every proxy that it names at the
// place where the machine has it.
func (r *World) reaching(env scenarios.Env) scenarios.Env {
	env = maps.Clone(env)
	for _, proxy := range r.proxyAddresses() {
		named, reached := net.JoinHostPort(proxy.Host, proxy.Port), r.machine.Reach(proxy)
		for name, value := range env {
			env[name] = replaceAddress(value, named, reached)
		}
	}
	return env
}

// replaceAddress replaces host:port in a variable's value, but not the end of
// another host's name or the beginning of another port.
func replaceAddress(value, named, reached string) string {
	whole := regexp.MustCompile(`(^|[^\w.-])` + regexp.QuoteMeta(named) + `($|\D)`)
	return whole.ReplaceAllStringFunc(value, func(found string) string { return strings.Replace(found, named, reached, 1) })
}
