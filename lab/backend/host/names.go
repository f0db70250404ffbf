package host

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

// expressesNames refuses what only a resolver can do: a client behind a tunnel
// asks none. Where a name leads is the tunnel's to say.
func expressesNames(w *scenarios.World) error {
	for _, name := range slices.Sorted(maps.Keys(w.Names)) {
		told := w.Names[name]
		if told.LeadsTo == "" {
			return fmt.Errorf("name %s: the tunnel looks names up, not the client, so that no lookup of the client's can fail", name)
		}
		to := ports(w.Hosts[told.LeadsTo])
		for _, port := range ports(w.Hosts[name]) {
			if !slices.Contains(to, port) {
				return fmt.Errorf("name %s: %s, where it leads, does not listen on %s, and a refused connection cannot be shown through a tunnel", name, told.LeadsTo, port)
			}
		}
	}
	return nil
}

// ports are those of a host, in order.
func ports(h scenarios.Host) []string {
	if h.Listens == nil {
		return []string{"443"}
	}
	return slices.Sorted(maps.Keys(h.Listens))
}

// routes are the listeners that the tunnel leads to, by key: those of each
// address, but for a name that leads elsewhere those of the host there.
func routes(listeners map[string]*listener, plan backend.Plan) map[string]*listener {
	routes := maps.Clone(listeners)
	for name, told := range plan.Names {
		for _, a := range plan.Addresses {
			if a.Host == name && told.LeadsTo != "" {
				delete(routes, key(name, a.Port))
			}
		}
		for _, a := range plan.Addresses {
			if a.Host == told.LeadsTo && a.Port != "" {
				routes[key(name, a.Port)] = listeners[key(a.Host, a.Port)]
			}
		}
	}
	return routes
}
