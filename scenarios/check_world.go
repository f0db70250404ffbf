package scenarios

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/tlslab/tlslab/certgen"
)

// worldCheck finds what a decoded world means that cannot be.
type worldCheck struct {
	*problems
	world        *World
	root         *node
	certificates []string // the names that there are, sorted
	hosts        []string
}

// checkWorld reports what is wrong with w, at its places below root.
func checkWorld(w *World, root *node, ps *problems) {
	c := &worldCheck{
		problems:     ps,
		world:        w,
		root:         root,
		certificates: sortedKeys(w.Certificates),
		hosts:        sortedKeys(w.Hosts),
	}
	for _, p := range certgen.Check(w.Certificates) {
		c.at(c.root.find("certificates", p.Certificate, p.Field), "%s", p.Message)
	}
	modules := c.root.find("modules")
	for i, m := range w.Modules {
		c.module(m, modules.find(strconv.Itoa(i)))
	}
	for _, name := range c.hosts {
		c.host(name, w.Hosts[name], root.find("hosts", name))
	}
	for _, name := range sortedKeys(w.Names) {
		c.name(name, w.Names[name], root.find("names", name))
	}
	c.client(&w.Client, root.find("client"))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (c *worldCheck) at(n *node, format string, args ...any) {
	c.add(n.place(), format, args...)
}

// known reports names that are none of those there are.
func (c *worldCheck) known(what string, names, known []string, n *node) {
	for i, name := range names {
		if !slices.Contains(known, name) {
			c.at(n.find(strconv.Itoa(i)), "no %s of this world is called %q%s", what, name, suggestion(name, known))
		}
	}
}

func (c *worldCheck) certs(names []string, n *node) {
	c.known("certificate", names, c.certificates, n)
}

// cert is for a key that names one certificate, or none where it is left out.
func (c *worldCheck) cert(name string, n *node) {
	if name != "" {
		c.certs([]string{name}, n)
	}
}

func (c *worldCheck) module(name string, n *node) {
	path, version, _ := strings.Cut(name, "@")
	err := module.Check(path, version)
	if err == nil && module.CanonicalVersion(version) != version {
		err = fmt.Errorf("the version in full is %s", module.CanonicalVersion(version))
	}
	if err != nil {
		c.at(n, "%q is no module (%v); expected path@version, such as %s", name, err, DefaultModule)
	}
}

func (c *worldCheck) client(client *Client, n *node) {
	c.certs(client.Trusts, n.find("trusts"))
	for _, name := range sortedKeys(client.Files) {
		c.file(name, client.Files[name], n.find("files", name))
	}
	for _, name := range sortedKeys(client.Env) {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(client.Env[name], 0) {
			c.add(n.find("env", name).owner(), "%q cannot be a variable of an environment; expected a name without =, and no null byte", name)
		}
	}
	for i, command := range client.Before {
		c.command(command, n.find("before", strconv.Itoa(i)))
	}
	c.clock(client, n.find("clock"))
	c.command(client.Run, n.find("run"))
	if client.Runs < 0 {
		c.at(n.find("runs"), "found %d runs, expected 1 or more", client.Runs)
	}
}

func (c *worldCheck) command(command Command, n *node) {
	if len(command) > 0 && strings.Contains(command[0], "=") {
		c.at(n, "a command begins with its program, found %q; put variables under env", command[0])
	}
	if slices.ContainsFunc(command, func(word string) bool { return strings.ContainsRune(word, 0) }) {
		c.at(n, "an argument holds a null byte, which no command can be given")
	}
}

func (c *worldCheck) file(name string, f File, n *node) {
	if !isClientPath(name) {
		c.add(n.owner(), "%q is no place for a file; expected $HOME/..., an absolute path, or one relative to the module, with / and without .. or .", name)
	}
	if contents := n.names(); len(slices.DeleteFunc(contents, func(key string) bool { return key == "as" || key == "keys" })) > 1 {
		c.add(n.owner(), "a file has one content, found %s; keep one of them", strings.Join(contents, ", "))
	}
	if f.As != "" && len(f.Certificates) == 0 {
		c.at(n.find("as"), "as is the form of certificates, and this file has none; add them, or remove as")
	}
	if len(f.Keys) > 0 && (len(f.Certificates) == 0 || f.As != "" && f.As != certgen.PEM) {
		c.at(n.find("keys"), "keys follow certificates in a file of the form pem; add certificates, or remove as or keys")
	}
	c.certs(f.Certificates, n.find("certificates"))
	c.keys(f.Keys, n.find("keys"))
	c.revoked(f.Revokes, n.find("revokes"))
	modules := c.world.Modules
	if modules == nil {
		modules = []string{DefaultModule}
	}
	c.known("module", f.Sums, modules, n.find("sums"))
	c.hostLines(name, f, n)
}

// keys reports certificates without a key that a file could hold.
func (c *worldCheck) keys(names []string, n *node) {
	c.certs(names, n)
	for i, name := range names {
		if c.world.Certificates[name].PEM != "" {
			c.at(n.find(strconv.Itoa(i)), "the key of %s is nobody's, since its certificate was made elsewhere (pem); name another certificate", name)
		}
	}
}

// revoked reports certificates that cannot stand in one revocation list.
func (c *worldCheck) revoked(names []string, n *node) {
	c.certs(names, n)
	for i, name := range names {
		spec, known := c.world.Certificates[name]
		if issuer, first := spec.Issuer, c.world.Certificates[names[0]].Issuer; known && issuer != first {
			c.at(n.find(strconv.Itoa(i)), "found a certificate issued by %q, expected %q as of %s; a revocation list is of one issuer", issuer, first, names[0])
		}
	}
}

// isClientPath says whether name stays where it says that it is.
func isClientPath(name string) bool {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "$HOME"), "/")
	if name == "" || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	for element := range strings.SplitSeq(name, "/") {
		if element == "" || element == "." || element == ".." {
			return false
		}
	}
	return true
}

// isHostname says whether name is an IP address or a DNS name of letters,
// digits, hyphens and underscores (RFC 1034, section 3.5).
func isHostname(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(name) <= 253
}
