package lab

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

// attack plays a fixed world again with an impostor in the place of its hosts,
// and again with its own hosts handing out other module zips. It fills what
// got through into trial and returns where that differs from what the file
// says.
func (l *Lab) attack(ctx context.Context, b backend.Backend, c Case, w scenarios.World, trial *Trial) (string, error) {
	var err error
	if trial.Impostor, err = l.impersonate(ctx, b, c.Tool, w); err != nil {
		return "", err
	}
	if trial.Tampering, err = l.tamper(ctx, b, c.Tool, w); err != nil {
		return "", err
	}
	var whys []string
	for _, a := range []struct {
		name   scenarios.Attack
		result Defence
	}{{scenarios.Impostor, trial.Impostor}, {scenarios.Tampering, trial.Tampering}} {
		if why := a.result.against(a.name, c.Fix.Unsafe); why != "" {
			whys = append(whys, why)
		}
	}
	return strings.Join(whys, "; "), nil
}

// against compares the end of an attack with what a fix's file says of it.
func (d Defence) against(attack scenarios.Attack, unsafe []scenarios.Attack) string {
	switch said := slices.Contains(unsafe, attack); {
	case d == Accepted && !said:
		return fmt.Sprintf("%s gets through with this fix; the file does not list it under unsafe", attack)
	case d == Refused && said:
		return fmt.Sprintf("the file lists %s under unsafe, but it is refused with this fix", attack)
	}
	return ""
}

// impersonate is accepted where the client succeeds and an impostor served it.
// A proxy of the fix, reverse or not, is attacked from both sides: itself
// replaced, and the hosts behind it.
func (l *Lab) impersonate(ctx context.Context, b backend.Backend, tool Tool, w scenarios.World) (Defence, error) {
	attacks := []scenarios.World{impostors(w, func(scenarios.Host) bool { return true })}
	behind := func(h scenarios.Host) bool {
		return h.Serves != scenarios.ReverseProxy && h.Serves != scenarios.ForwardProxy
	}
	for _, host := range w.Hosts {
		if !behind(host) {
			attacks = append(attacks, impostors(w, behind))
			break
		}
	}
	for _, attack := range attacks {
		o, err := l.observe(ctx, b, attack, watch{tool: tool})
		if err != nil {
			return "", err
		}
		if o.success() == "" && o.requests() > 0 {
			return Accepted, nil
		}
	}
	return Refused, nil
}

// tamper is accepted where the client succeeds with a zip that is not the
// module's.
func (l *Lab) tamper(ctx context.Context, b backend.Backend, tool Tool, w scenarios.World) (Defence, error) {
	o, err := l.observe(ctx, b, w, watch{tool: tool, tampered: true})
	if err != nil {
		return "", err
	}
	for i, run := range o.runs {
		if run.Exit == 0 && o.arrivals[i].Different != "" {
			return Accepted, nil
		}
	}
	return Refused, nil
}

const impostorCA = "impostor-ca"

// impostors is a world in which those hosts that replace chooses are somebody
// else's: same names, ports and protocols, the same modules, a sound chain from
// an authority that nobody trusts, and nothing of what was wrong with the real
// ones.
func impostors(w scenarios.World, replace func(scenarios.Host) bool) scenarios.World {
	w.Certificates, w.Hosts = maps.Clone(w.Certificates), maps.Clone(w.Hosts)
	if w.Certificates == nil {
		w.Certificates = map[string]certgen.Spec{}
	}
	w.Certificates[impostorCA] = certgen.Spec{CA: true, Subject: "CN=Impostor CA", Permits: []string{}}
	for name, host := range w.Hosts {
		if !replace(host) {
			continue
		}
		leaf := "impostor-" + strings.ReplaceAll(name, ":", ".") // an IPv6 address is no name for a certificate
		w.Certificates[leaf] = certgen.Spec{Issuer: impostorCA, Names: []string{name}}
		serves := host.Serves
		if serves == scenarios.ReverseProxy {
			serves = scenarios.Modules
		}
		w.Hosts[name] = scenarios.Host{
			Serves: serves, RelaysSumdb: host.RelaysSumdb, Listens: host.Listens,
			Presents: []string{leaf, impostorCA},
		}
		if serves == scenarios.ForwardProxy {
			w.Hosts[name] = impostorProxy(w.Hosts[name])
		}
	}
	return w
}

// impostorProxy opens the TLS of every host and verifies nothing itself.
func impostorProxy(host scenarios.Host) scenarios.Host {
	verifies := false
	host.Proxy = &scenarios.Proxy{Intercepts: []string{"*"}, SignsWith: impostorCA, Verifies: &verifies}
	return host
}

// requests counts what the hosts were asked in HTTP, after any handshake.
func (o *observation) requests() int {
	n := 0
	for _, host := range o.evidence {
		for _, connection := range host.Seen {
			n += len(connection.Requests)
		}
	}
	return n
}
