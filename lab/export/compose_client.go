package export

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/scenarios"
)

// Where the client's container has the client's folders.
const (
	clientFolder = "/client"
	clientHome   = clientFolder + "/home"
	clientWork   = clientFolder + "/app"
	clientTmp    = clientFolder + "/tmp"

	// bundlePath is the first file that crypto/x509 looks for on Linux, and the
	// one of Debian and Alpine.
	bundlePath = "/etc/ssl/certs/ca-certificates.crt"
)

// dockers are files that Docker writes into every container.
var dockers = []string{"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}

// composeClient is the client's container.
type composeClient struct {
	Bare        bool // it has the go command of its image and nothing else
	Work        string
	Entrypoint  []string
	Command     []string
	Environment [][2]string
}

// client renders the client's files, environment and command.
func (p *compose) client() {
	c := p.world.Client
	if c.Clock != "" {
		p.addClient("clock", "containers have the clock of the machine (%s)", c.Clock)
	}
	p.Client.Bare = c.Image == scenarios.Scratch
	if p.Client.Bare && len(c.Before) > 0 {
		p.addClient("before", "commands one after the other take a shell, which the image scratch does not have")
	}
	if c.Image == scenarios.Debian {
		p.Notes = append(p.Notes, "The scenario's client is a Debian with ca-certificates, git, curl, openssl and nginx; the official images of Go are Debian too, without nginx.")
	}
	if c.Image == "" || c.Trusts != nil { // else the image's own trust store stays
		p.own(bundlePath, File{Data: p.bundle(c.Trusts)})
	}
	p.own(clientHome+"/.config/go/telemetry/mode", File{Data: []byte("off")})
	p.own(clientWork+"/go.mod", File{Data: []byte(client.GoMod)})
	p.own(clientTmp+"/.keep", File{}) // the folder has to be there
	for _, name := range sorted(c.Files) {
		p.file(name)
	}
	env := p.environment()
	for _, name := range sorted(env) {
		p.Client.Environment = append(p.Client.Environment, [2]string{name, env[name]})
	}
	p.Client.Work = clientWork
	run := inHome(c.Run)
	p.Client.Entrypoint, p.Client.Command = run[:1], run[1:]
	if len(c.Before) > 0 {
		var script strings.Builder
		for _, command := range c.Before {
			script.WriteString(shellWords(inHome(command)) + " && ")
		}
		script.WriteString("exec " + shellWords(run))
		p.Client.Entrypoint, p.Client.Command = []string{"sh", "-c"}, []string{script.String()}
	}
	if c.Runs > 1 {
		p.Notes = append(p.Notes, fmt.Sprintf("The scenario runs the command %d times; docker-compose run --rm client runs it once more.", c.Runs))
	}
}

// environment is the client's, over that of its image.
func (p *compose) environment() map[string]string {
	env := map[string]string{
		"HOME":                clientHome,
		"TMPDIR":              clientTmp,
		"LC_ALL":              "C",
		"GOPATH":              clientFolder + "/gopath",
		"GOMODCACHE":          clientFolder + "/gopath/pkg/mod",
		"GOCACHE":             clientFolder + "/gocache",
		"GOTOOLCHAIN":         "local",
		"GIT_CONFIG_NOSYSTEM": "1",
		"GIT_TERMINAL_PROMPT": "0",
		"GOPROXY":             client.GOPROXY(p.world),
		"GOSUMDB":             p.made.Sumdb.VerifierKey(),
	}
	for name, value := range p.world.Client.Env {
		env[name] = inHome([]string{value})[0]
	}
	return env
}

// file renders one of the client's files.
func (p *compose) file(name string) {
	file := p.world.Client.Files[name]
	at := path.Clean(inHome([]string{name})[0])
	if !path.IsAbs(at) {
		at = path.Join(clientWork, at)
	}
	system := slices.ContainsFunc([]string{"/proc/", "/sys/", "/dev/"}, func(dir string) bool { return strings.HasPrefix(at, dir) })
	switch {
	case file.Hosts != nil:
		p.addClient("files: "+name+": hosts", "the addresses of containers are known when they run")
		return
	case system || slices.Contains(dockers, at):
		p.addClient("files: "+name, "that file is Docker's own")
		return
	}
	data, err := client.Content(file, p.made.Set, p.made.Store)
	if err != nil {
		p.addClient("files: "+name, "%v", err)
	}
	rendered := File{Data: data}
	if file.Keys != nil {
		rendered.Mode = secret
	}
	p.own(at, rendered)
}

// own puts a file into the client's container.
func (p *compose) own(at string, file File) { p.tree["client/rootfs"+at] = file }

// inHome replaces $HOME, as every command and variable of a world has it.
func inHome(words []string) []string {
	replaced := make([]string, len(words))
	for i, word := range words {
		replaced[i] = strings.ReplaceAll(word, "$HOME", clientHome)
	}
	return replaced
}
