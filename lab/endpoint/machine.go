package endpoint

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"strings"

	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/mitm"
	"github.com/tlslab/tlslab/scenarios"
)

// machine is one of those that stand behind a host's address, or the only one.
type machine struct {
	number  int // from 1, or 0 for the only one
	path    func(net.Conn) net.Conn
	tls     *tls.Config // nil for plain HTTP
	handler http.Handler
	says    map[string]string // see [scenarios.Host]
}

func newMachines(cfg Config) ([]*machine, error) {
	hosts, err := cfg.Host.Machines()
	if err != nil {
		return nil, err
	}
	if len(cfg.Host.Backends) == 0 {
		m, err := newMachine(cfg, hosts[0])
		return []*machine{m}, err
	}
	var machines []*machine
	for i, host := range hosts {
		m, err := newMachine(cfg, host)
		if err == nil {
			err = onlySpeaksOtherwise(cfg.Host, host)
		}
		if err != nil {
			return nil, fmt.Errorf("backend %d: %w", i+1, err)
		}
		m.number = i + 1
		machines = append(machines, m)
	}
	return machines, nil
}

// onlySpeaksOtherwise refuses a backend that is another service, since all of
// them share one handler and one port.
func onlySpeaksOtherwise(host, backend scenarios.Host) error {
	service := func(h scenarios.Host) scenarios.Host {
		return scenarios.Host{Serves: h.Serves, RelaysSumdb: h.RelaysSumdb, Upstream: h.Upstream, Listens: h.Listens}
	}
	if !reflect.DeepEqual(service(host), service(backend)) {
		return fmt.Errorf("serves, relays-sumdb, upstream and listens are the host's: a backend can change presents, by-sni, key-of, tls, behind, users and answers")
	}
	return nil
}

func newMachine(cfg Config, host scenarios.Host) (*machine, error) {
	m := machine{says: host.Says}
	var err error
	boxes := make([]mitm.Box, len(host.Behind))
	for i, b := range host.Behind {
		boxes[i] = mitm.Box{
			Kind: string(b.Box), At: string(b.At), After: b.After, Rate: b.Rate,
			Names: b.Names, LargerThan: b.LargerThan, NewerThan: b.NewerThan,
		}
	}
	if m.path, err = mitm.Through(boxes...); err != nil {
		return nil, err
	}
	if m.handler, err = servers.Answering(host.Answers, servers.Authenticating(host.Users, cfg.Handler)); err != nil {
		return nil, err
	}
	switch cfg.Protocol {
	case scenarios.SpeaksHTTP:
	case scenarios.SpeaksTLS:
		var presented chains
		if presented, err = newChains(host, cfg.Set); err == nil {
			m.tls, err = newTLS(host, cfg.Set, presented.choose)
		}
	case scenarios.SpeaksTransparent:
		m.tls, err = newTLS(host, cfg.Set, signed(cfg.Sign))
	default:
		err = fmt.Errorf("unknown protocol %q: expected %s", cfg.Protocol, strings.Join(cfg.Protocol.Values(), ", "))
	}
	return &m, err
}
