package export

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"net"
	"strconv"
	"text/template"
	"time"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

//go:embed templates
var templates embed.FS

// NginxOptions are where an exported nginx listens.
type NginxOptions struct {
	// Listen is its IP address. Empty means 127.0.0.1.
	Listen string

	// Port is the first of the ports that the hosts get, one for each port of
	// each host. Zero means 8443.
	Port int
}

// Nginx renders the hosts of a case's world as a configuration of nginx 1.19.4
// or later, with certificates, keys and modules as files, so that it runs
// without this program. Certificates are made now. The error joins everything
// that nginx cannot express.
func Nginx(c lab.Case, opts NginxOptions) (*Export, error) {
	w, err := c.World()
	if err != nil {
		return nil, err
	}
	made, err := lab.Make(w, time.Now())
	if err != nil {
		return nil, err
	}
	return renderNginx(c, w, made, opts)
}

func renderNginx(c lab.Case, w scenarios.World, made lab.Materials, opts NginxOptions) (*Export, error) {
	n := &nginx{
		refusals: refusals{program: "nginx"}, world: w, made: made, tree: Tree{},
		Case: c, Listen: cmp.Or(opts.Listen, "127.0.0.1"), ports: map[string]int{},
	}
	if net.ParseIP(n.Listen) == nil {
		return nil, fmt.Errorf("--listen %s: expected an IP address", n.Listen)
	}
	n.assignPorts(cmp.Or(opts.Port, 8443))
	for _, name := range sorted(w.Hosts) {
		n.host(name, w.Hosts[name])
	}
	if len(n.errs) == 0 && len(n.Servers) == 0 {
		n.errs = append(n.errs, errors.New("no host of this world listens on any port: there is nothing for nginx to serve"))
	}
	if err := n.err(); err != nil {
		return nil, err
	}
	n.client()
	for name, from := range map[string]string{"nginx.conf": "nginx.conf.tmpl", "README.md": "nginx.md.tmpl"} {
		text, err := render(from, n)
		if err != nil {
			return nil, err
		}
		n.tree.add(name, text)
	}
	return &Export{n.tree, n.Notes}, nil
}

// nginx is what the templates are filled with. Exported fields are theirs.
type nginx struct {
	refusals
	world scenarios.World
	made  lab.Materials
	tree  Tree
	ports map[string]int // by host:port of the world
	next  int

	Case    lab.Case
	Listen  string
	Servers []*nginxServer
	Caches  bool     // a host keeps what it has fetched
	Notes   []string // what differs from the world, or is not here
	Env     []string // of a client, NAME=value
}

// Title is the scenario's.
func (n *nginx) Title() string { return n.Case.Scenario.Title }

// Hosts are the world's, by name.
func (n *nginx) Hosts() []string { return sorted(n.world.Hosts) }

// Command is what the client runs.
func (n *nginx) Command() string { return shellWords(n.world.Client.Run) }

// nginxServer is a server block.
type nginxServer struct {
	Host      string // of the world
	Own       string // its port in the world
	Port      int
	TLS       *nginxTLS // nil for plain HTTP
	Names     string    // server_name; empty for what answers to every name
	Chain     string    // certificates; empty for what refuses the handshake
	Key       string
	Locations []nginxLocation
	Answers   []nginxAnswer
	Directive []string // of the server block
}

// Folder is the name of the host in paths.
func (s *nginxServer) Folder() string { return fileName(s.Host) }

// Listening is an address of nginx.
func (n *nginx) Listening(port int) string { return net.JoinHostPort(n.Listen, strconv.Itoa(port)) }

// assignPorts gives each port of each host one of nginx's, also where nothing
// will listen: what is sent there must be refused.
func (n *nginx) assignPorts(first int) {
	n.next = first
	for _, name := range n.Hosts() {
		ports := portsOf(n.world.Hosts[name])
		if len(ports) == 0 {
			ports = []string{"443"}
		}
		for _, port := range ports {
			n.ports[net.JoinHostPort(name, port)] = n.next
			n.next++
		}
	}
	if n.next > 1<<16 {
		n.errs = append(n.errs, fmt.Errorf("--port %d: this world needs %d ports, which end at 65535", first, len(n.ports)))
	}
}

// host renders one host on all of its ports.
func (n *nginx) host(name string, h scenarios.Host) {
	before := len(n.errs)
	n.refuse(name, h)
	service, answers := n.service(name, h)
	if len(n.errs) > before {
		return
	}
	for _, port := range portsOf(h) {
		block := nginxServer{
			Host: name, Own: port, Port: n.ports[net.JoinHostPort(name, port)],
			Locations: append(answers.locations, service), Answers: answers.files, Directive: answers.directives,
		}
		if lab.Speaks(h, port) == scenarios.SpeaksHTTP {
			n.Servers = append(n.Servers, &block)
			continue
		}
		n.tls(name, h, block)
	}
}

// refuse names what nginx has no words for.
func (n *nginx) refuse(name string, h scenarios.Host) {
	for _, box := range h.Behind {
		n.add(name, "behind", "%s is done by a device before a server", box)
	}
	if len(h.Says) > 0 {
		n.add(name, "says", "it answers in HTTP alone")
	}
	if len(h.Backends) > 0 {
		n.add(name, "backends", "it presents the same to every connection")
	}
	if h.KeyOf != "" {
		n.add(name, "key-of", "OpenSSL refuses a key that does not belong to the certificate")
	}
	switch h.Serves {
	case scenarios.ForwardProxy:
		n.add(name, "serves: proxy", "it is no HTTP proxy with CONNECT")
	case scenarios.Git:
		n.add(name, "serves: git", "repositories take git http-backend behind it, as a CGI program")
	}
}

// render fills a template in.
func render(name string, data any) (string, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"quote": quote, "compose": composeWord, "yaml": yamlWord}).ParseFS(templates, "templates/"+name)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.String(), err
}

// port is the port that nginx has in the place of one of the world's.
func (n *nginx) port(host, port string) string {
	return strconv.Itoa(n.ports[net.JoinHostPort(host, port)])
}
