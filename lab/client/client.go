// Package client prepares the machine that meets a failure: its folders, its
// environment built from nothing, the files that a world puts on it and the
// module in which its command runs.
package client

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// Config is what a client is made from.
type Config struct {
	Dir   string // an empty folder; everything of the client goes below it
	Cache string // GOCACHE; clients with the right clock share one
	Path  string // PATH, see [Path]

	World   scenarios.World
	Set     *certgen.Set
	Store   *servers.Store
	Sumdb   string            // GOSUMDB
	Machine map[string]string // the environment that the backend needs
}

// Client is one client with fresh caches.
type Client struct {
	dir string
	env map[string]string
}

// New makes the folders, files and environment of a client.
func New(cfg Config) (*Client, error) {
	c, err := Bare(cfg.Dir, cfg.Path)
	if err != nil {
		return nil, err
	}
	c.meet(cfg)
	if err := c.writeModule(); err != nil {
		return nil, err
	}
	return c, c.writeFiles(cfg)
}

// Bare makes a client in no world at all, with the folders and the environment
// that a go command needs to answer questions about itself.
func Bare(dir, path string) (*Client, error) {
	c := &Client{dir: dir}
	for _, dir := range []string{c.Home(), c.Work(), c.tmp()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	c.env = c.environment(path)
	return c, c.silenceTelemetry()
}

// Dir is the client's folder. Everything of it is below.
func (c *Client) Dir() string { return c.dir }

// Home is the client's home folder.
func (c *Client) Home() string { return filepath.Join(c.dir, "home") }

// Work is the folder of the module in which the command runs.
func (c *Client) Work() string { return filepath.Join(c.dir, "app") }

// ModCache is GOMODCACHE.
func (c *Client) ModCache() string { return filepath.Join(c.dir, "gopath", "pkg", "mod") }

func (c *Client) tmp() string { return filepath.Join(c.dir, "tmp") }

// Env is the client's whole environment, sorted, as name=value.
func (c *Client) Env() []string {
	env := make([]string, 0, len(c.env))
	for _, name := range slices.Sorted(maps.Keys(c.env)) {
		env = append(env, name+"="+c.env[name])
	}
	return env
}

// Set sets a variable of the client's environment.
func (c *Client) Set(name, value string) { c.env[name] = value }

// environment is what every client has.
func (c *Client) environment(path string) map[string]string {
	env := map[string]string{
		"PATH":                path,
		"HOME":                c.Home(),
		"TMPDIR":              c.tmp(),
		"LC_ALL":              "C",
		"GOPATH":              filepath.Join(c.dir, "gopath"),
		"GOMODCACHE":          c.ModCache(),
		"GOTOOLCHAIN":         "local",
		"GIT_CONFIG_NOSYSTEM": "1",
		"GIT_TERMINAL_PROMPT": "0",
	}
	if runtime.GOOS == "windows" {
		env["SYSTEMROOT"] = os.Getenv("SYSTEMROOT")
		env["USERPROFILE"] = c.Home()
		env["APPDATA"] = filepath.Join(c.Home(), "AppData", "Roaming")
		env["LOCALAPPDATA"] = filepath.Join(c.Home(), "AppData", "Local")
		env["TEMP"], env["TMP"] = c.tmp(), c.tmp()
	}
	return env
}

// meet adds what the lab's world gives a client, what the backend needs and
// what the world says, the last word.
func (c *Client) meet(cfg Config) {
	c.env["GOCACHE"] = cfg.Cache
	c.env["GOPROXY"] = GOPROXY(cfg.World)
	c.env["GOSUMDB"] = cfg.Sumdb
	for name, value := range cfg.Machine {
		if !setsProxy(cfg.World.Client.Env, name) {
			c.env[name] = value
		}
	}
	for name, value := range cfg.World.Client.Env {
		c.env[name] = c.expand(value)
	}
}

// setsProxy says whether env sets the variable of a proxy, by this name or in
// the other case: programs disagree about which of the two counts.
func setsProxy(env scenarios.Env, name string) bool {
	if !strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
		return false
	}
	for other := range env {
		if strings.EqualFold(name, other) {
			return true
		}
	}
	return false
}

// Path is a client's PATH: the folder of the go command under test, then those
// in which systems keep git, curl and openssl.
func Path(goCommand string) string {
	dirs := []string{filepath.Dir(goCommand)}
	for _, name := range []string{"git", "curl", "openssl"} {
		if found, err := exec.LookPath(name); err == nil {
			dirs = append(dirs, filepath.Dir(found))
		}
	}
	if runtime.GOOS != "windows" {
		dirs = append(dirs, "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
	}
	var unique []string
	for _, dir := range dirs {
		if !slices.Contains(unique, dir) {
			unique = append(unique, dir)
		}
	}
	return strings.Join(unique, string(os.PathListSeparator))
}

// GOPROXY is what a client's variable of that name has where the world does not
// set it: the address of the host that serves modules, the first by name where
// several do, or direct where none does.
func GOPROXY(w scenarios.World) string {
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		if w.Hosts[name].Serves != scenarios.Modules {
			continue
		}
		host := name
		if strings.Contains(name, ":") { // an IPv6 address (RFC 3986, section 3.2.2)
			host = "[" + name + "]"
		}
		return "https://" + host + port(w.Hosts[name])
	}
	return "direct"
}

// port is the :port of a URL, empty for a host that listens on 443.
func port(h scenarios.Host) string {
	if len(h.Listens) == 0 || h.Listens["443"] != "" { // also for a host that refuses
		return ""
	}
	return ":" + slices.Min(slices.Collect(maps.Keys(h.Listens)))
}

// Expand replaces $HOME in the words of a command.
func (c *Client) Expand(words []string) []string {
	expanded := make([]string, len(words))
	for i, word := range words {
		expanded[i] = c.expand(word)
	}
	return expanded
}

func (c *Client) expand(text string) string {
	return strings.ReplaceAll(text, "$HOME", c.Home())
}

// silenceTelemetry switches the toolchain's counters off as `go telemetry off`
// does. In a new home folder every go command would start a second process
// for them, which can outlive it.
func (c *Client) silenceTelemetry() error {
	config := filepath.Join(c.Home(), ".config")
	switch runtime.GOOS {
	case "darwin":
		config = filepath.Join(c.Home(), "Library", "Application Support")
	case "windows":
		config = c.env["APPDATA"]
	}
	return write(filepath.Join(config, "go", "telemetry", "mode"), []byte("off"))
}

// GoMod is the go.mod of the consumer: the smallest module that every release
// since 1.13 reads.
const GoMod = "module corp.test/app\n\ngo 1.13\n"

// writeModule makes the consumer.
func (c *Client) writeModule() error {
	return write(filepath.Join(c.Work(), "go.mod"), []byte(GoMod))
}

func (c *Client) writeFiles(cfg Config) error {
	for name, file := range cfg.World.Client.Files {
		if filepath.IsAbs(name) {
			continue // the backend's
		}
		target := c.expand(name)
		if !filepath.IsAbs(target) {
			target = filepath.Join(c.Work(), filepath.FromSlash(name))
		}
		data, err := Content(file, cfg.Set, cfg.Store)
		if err == nil {
			err = write(target, data)
		}
		if err != nil {
			return fmt.Errorf("client file %s: %w", name, err)
		}
	}
	return nil
}

// Content is what a world's file holds, once the world has been made.
func Content(file scenarios.File, set *certgen.Set, store *servers.Store) ([]byte, error) {
	switch {
	case file.Certificates != nil:
		format := file.As
		if format == "" {
			format = certgen.PEM
		}
		var certs []*certgen.Certificate
		for _, name := range file.Certificates {
			certs = append(certs, set.Certificate(name))
		}
		bundle, err := certgen.Bundle(certs, format)
		for _, name := range file.Keys {
			key, keyErr := set.Certificate(name).KeyPEM()
			bundle, err = append(bundle, key...), errors.Join(err, keyErr)
		}
		return bundle, err
	case file.Revokes != nil:
		return set.RevocationList(file.Revokes, time.Now())
	case file.Sums != nil:
		var lines []string
		for _, module := range file.Sums {
			sums, err := store.Sums(module)
			if err != nil {
				return nil, err
			}
			lines = append(lines, sums...)
		}
		return []byte(strings.Join(lines, "\n") + "\n"), nil
	}
	return []byte(file.Text), nil
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
