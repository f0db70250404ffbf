package export

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// ComposeOptions are what a Compose file is written with.
type ComposeOptions struct {
	// Program is tlslab as [Program] reads it, which serves the hosts.
	Program []byte

	// Image is the client's image where the user does not name another. Empty
	// means the official one of the release of Go that built this program.
	Image string
}

// Compose renders a case's world as a Compose file: a container for each host,
// in which this program serves it, and one for the client, in which it is not.
// Certificates are made now. The error joins everything that containers cannot
// express.
func Compose(c lab.Case, opts ComposeOptions) (*Export, error) {
	w, err := c.World()
	if err != nil {
		return nil, err
	}
	made, err := lab.Make(w, time.Now())
	if err != nil {
		return nil, err
	}
	source, err := c.Scenario.Source()
	if err != nil {
		return nil, err
	}
	p := &compose{
		refusals: refusals{program: "Compose"}, world: w, made: made, tree: Tree{},
		Case: c, Image: cmp.Or(opts.Image, "golang:"+strings.TrimPrefix(runtime.Version(), "go")),
	}
	if strings.ContainsAny(p.Image, "{}$\"\\ \t\n") {
		return nil, fmt.Errorf("--image %q: expected the name of an image, such as golang:1.26", p.Image)
	}
	p.tree["servers/tlslab"] = File{Data: opts.Program, Mode: executable}
	p.tree["servers/scenario.yaml"] = File{Data: source}
	p.tree["servers/sumdb.key"] = File{Data: []byte(made.Sumdb.SignerKey() + "\n"), Mode: secret}
	for _, name := range made.Set.Names() {
		p.tree["servers/certificates/"+name+".crt"] = File{Data: made.Set.Certificate(name).PEM()}
	}
	for _, name := range sorted(w.Hosts) {
		p.host(name, w.Hosts[name])
	}
	p.names()
	p.client()
	if err := p.err(); err != nil {
		return nil, err
	}
	for name, from := range map[string]string{
		"docker-compose.yml": "compose.yml.tmpl",
		"README.md":          "compose.md.tmpl",
		"servers/Dockerfile": "servers.dockerfile.tmpl",
		"client/Dockerfile":  "client.dockerfile.tmpl",
	} {
		text, err := render(from, p)
		if err != nil {
			return nil, err
		}
		p.tree.add(name, text)
	}
	return &Export{p.tree, p.Notes}, nil
}

// compose is what the templates are filled with. Exported fields are theirs.
type compose struct {
	refusals
	world scenarios.World
	made  lab.Materials
	tree  Tree

	Case     lab.Case
	Image    string
	Services []*composeService
	Client   composeClient
	Notes    []string
}

// composeService is the container of a host.
type composeService struct {
	Name    string // of the service
	Host    string
	Folder  string   // with its keys
	Aliases []string // the names that lead to it
}

// HasBundle says whether the world has a trust store for its client.
func (p *compose) HasBundle() bool {
	_, has := p.tree["client/rootfs"+bundlePath]
	return has
}

// Title is the scenario's.
func (p *compose) Title() string { return p.Case.Scenario.Title }

// host renders one host.
func (p *compose) host(name string, h scenarios.Host) {
	if _, err := netip.ParseAddr(name); err == nil {
		p.add(name, "hosts", "a container gets its address from Docker; expected a name")
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		p.add(name, "hosts", "that name leads every container to itself")
	}
	if h.Serves == scenarios.Git {
		p.add(name, "serves: git", "its server runs git, which an image from scratch does not have")
	}
	for _, port := range sorted(h.Listens) {
		if h.Listens[port] == scenarios.SpeaksTransparent {
			p.add(name, "listens: transparent", "its networks lead no connection to another container than the one it is meant for")
		}
	}
	service := &composeService{Name: name, Host: name, Folder: fileName(name), Aliases: []string{name}}
	if _, elsewhere := p.world.Names[name]; elsewhere {
		service.Name, service.Aliases = "really-"+name, nil // a service's own name leads to it as well
	}
	p.Services = append(p.Services, service)
	p.tree["servers/keys/"+service.Folder+"/.keep"] = File{} // the folder has to be there
	for _, key := range p.keys(h) {
		data, err := p.made.Set.Certificate(key).KeyPEM()
		if err != nil {
			p.add(name, "presents: "+key, "%v", err)
		}
		p.tree["servers/keys/"+service.Folder+"/"+key+".key"] = File{Data: data, Mode: secret}
	}
}

// keys are the certificates whose keys a host has.
func (p *compose) keys(h scenarios.Host) []string {
	machines, err := h.Machines()
	if err != nil {
		return nil // and a loaded scenario gives no error
	}
	var names []string
	for _, m := range machines {
		chains := [][]string{m.Presents}
		for _, sni := range sorted(m.BySNI) {
			chains = append(chains, m.BySNI[sni])
		}
		for _, chain := range chains {
			if len(chain) > 0 {
				names = append(names, chain[0])
			}
		}
		names = append(names, m.KeyOf)
		if m.Upstream != nil {
			names = append(names, m.Upstream.Certificate)
		}
		if m.Proxy != nil {
			names = append(names, p.owner(m.Proxy.SignsWith), p.owner(m.Proxy.Leaf.KeyOf))
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// owner is the certificate under whose name the key of another is kept, which
// is what signs.
func (p *compose) owner(name string) string {
	if of := p.world.Certificates[name].KeyOf; of != "" {
		return p.owner(of)
	}
	return name
}

// names renders what the client's resolver is told.
func (p *compose) names() {
	dials := slices.ContainsFunc(sorted(p.world.Hosts), func(name string) bool {
		serves := p.world.Hosts[name].Serves
		return serves == scenarios.ReverseProxy || serves == scenarios.ForwardProxy
	})
	for _, name := range sorted(p.world.Names) {
		told := p.world.Names[name]
		i := slices.IndexFunc(p.Services, func(s *composeService) bool { return s.Host == told.LeadsTo })
		switch {
		case told.LeadsTo == "" || i < 0:
			p.addClient("names: "+name, "its resolver is Docker's, which knows containers alone (%s)", told)
		case dials:
			p.addClient("names: "+name, "its resolver tells proxies the same as the client (%s)", told)
		default:
			p.Services[i].Aliases = append(p.Services[i].Aliases, name)
		}
	}
}

// bundle are certificates as PEM, one after the other.
func (p *compose) bundle(names []string) []byte {
	var certs []*certgen.Certificate
	for _, name := range names {
		certs = append(certs, p.made.Set.Certificate(name))
	}
	data, _ := certgen.Bundle(certs, certgen.PEM) // a format that there is
	return data
}
