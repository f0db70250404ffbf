package export

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/client"
	"github.com/tlslab/tlslab/scenarios"
)

// composeFile is what the tests read of a Compose file.
type composeFile struct {
	Services map[string]struct {
		Build struct {
			Context string
			Args    map[string]string
		}
		Entrypoint  []string
		Command     []string
		Environment map[string]string
		WorkingDir  string `yaml:"working_dir"`
		Networks    any
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	}
	Networks map[string]struct{ Internal bool }
}

func composed(t *testing.T, c lab.Case) (Tree, composeFile) {
	t.Helper()
	e, err := Compose(c, ComposeOptions{Program: []byte("program")})
	require.NoError(t, err)
	var file composeFile
	require.NoError(t, yaml.Unmarshal(e.Files["docker-compose.yml"].Data, &file), "%s", e.Files["docker-compose.yml"].Data)
	return e.Files, file
}

func TestCompose(t *testing.T) {
	t.Parallel()
	files, file := composed(t, caseOf(t, "interception/untrusted", "broken"))

	assert.Len(t, file.Services, 3)
	assert.True(t, file.Networks["world"].Internal)
	gateway := file.Services["gateway.corp.test"]
	assert.Equal(t, []string{"--host", "gateway.corp.test", "--trial", "broken"}, gateway.Command)
	assert.Equal(t, map[string]string{"HOST": "gateway.corp.test"}, gateway.Build.Args)
	assert.Equal(t, "servers", gateway.Build.Context)
	c := file.Services["client"]
	assert.Equal(t, []string{"go"}, c.Entrypoint)
	assert.Equal(t, []string{"get", "example.test/hello@v1.0.0"}, c.Command)
	assert.Equal(t, "http://gateway.corp.test:3128", c.Environment["HTTPS_PROXY"])
	assert.Equal(t, "https://proxy.corp.test", c.Environment["GOPROXY"])
	assert.Len(t, c.DependsOn, 2)
	assert.Equal(t, map[string]string{"IMAGE": "${TLSLAB_CLIENT_IMAGE:-golang:" + strings.TrimPrefix(runtime.Version(), "go") + "}"}, c.Build.Args)

	assert.Equal(t, "program", string(files["servers/tlslab"].Data))
	assert.Equal(t, executable, files["servers/tlslab"].Mode)
	assert.Contains(t, string(files["servers/scenario.yaml"].Data), "cause: mitm-ca-untrusted")
	assert.Contains(t, string(files["client/rootfs/etc/ssl/certs/ca-certificates.crt"].Data), "BEGIN CERTIFICATE")
	assert.Equal(t, client.GoMod, string(files["client/rootfs/client/app/go.mod"].Data))
}

// A host has its own key and no other; no key is readable for others.
func TestComposeKeys(t *testing.T) {
	t.Parallel()
	files, _ := composed(t, caseOf(t, "interception/untrusted", "broken"))
	w := caseOf(t, "interception/untrusted", "broken").Scenario.World
	var want, got []string
	for name, h := range w.Hosts {
		if h.Proxy != nil {
			want = append(want, "servers/keys/"+name+"/"+h.Proxy.SignsWith+".key")
			continue
		}
		want = append(want, "servers/keys/"+name+"/"+h.Presents[0]+".key")
	}
	for name, file := range files {
		if strings.Contains(string(file.Data), "PRIVATE") {
			assert.Equal(t, secret, file.Mode, name)
			if name != "servers/sumdb.key" {
				got = append(got, name)
			}
		}
	}
	assert.ElementsMatch(t, want, got)
}

// What a client has in the lab it has here, at the places of the container.
func TestComposeClient(t *testing.T) {
	t.Parallel()
	c := onlyHost(scenarios.Host{})
	c.Scenario.File = filepath.Join(t.TempDir(), "own.yaml")
	put(t, c.Scenario.File, "title: own\n")
	c.Scenario.World.Client.Env = scenarios.Env{"X": "$HOME/x and $Y", "GOSUMDB": "off"}
	c.Scenario.World.Client.Before = []scenarios.Command{{"mkdir", "a b"}}
	c.Scenario.World.Client.Run = scenarios.Command{"go", "get", "$HOME"}
	c.Scenario.World.Client.Runs = 3
	c.Scenario.World.Client.Files = map[string]scenarios.File{
		"go.sum": {Sums: []string{scenarios.DefaultModule}}, "$HOME/x": {Text: "x"},
		"/etc/own.pem": {Certificates: []string{"leaf"}, Keys: []string{"leaf"}},
	}
	files, file := composed(t, c)

	got := file.Services["client"]
	assert.Equal(t, []string{"sh", "-c"}, got.Entrypoint)
	assert.Equal(t, []string{"mkdir 'a b' && exec go get /client/home"}, got.Command)
	assert.Equal(t, "/client/home/x and $$Y", got.Environment["X"], "one dollar sign, to Compose")
	assert.Equal(t, "off", got.Environment["GOSUMDB"])
	assert.Contains(t, string(files["client/rootfs/client/app/go.sum"].Data), "example.test/hello v1.0.0 h1:")
	assert.Equal(t, "x", string(files["client/rootfs/client/home/x"].Data))
	assert.Contains(t, string(files["client/rootfs/etc/own.pem"].Data), "PRIVATE KEY")
	assert.Equal(t, secret, files["client/rootfs/etc/own.pem"].Mode)
	assert.Contains(t, string(files["README.md"].Data), "3 times")

	// The lab's own client has these variables, and its image those of a system.
	own, err := client.New(client.Config{Dir: t.TempDir(), Path: "/bin"})
	require.NoError(t, err)
	for _, pair := range own.Env() {
		name, _, _ := strings.Cut(pair, "=")
		if name == "PATH" || runtime.GOOS == "windows" {
			continue
		}
		assert.Contains(t, got.Environment, name)
	}
}

// A client that is an image has its trust store, and one from scratch nothing
// but go.
func TestComposeImages(t *testing.T) {
	t.Parallel()
	const bundle = "client/rootfs" + bundlePath
	for _, test := range []struct {
		image  scenarios.Image
		trusts []string
		bundle bool
		from   string
	}{
		{"", nil, true, "FROM ${IMAGE}\nCOPY rootfs/ /\n"},
		{scenarios.Debian, nil, false, "FROM ${IMAGE}\nCOPY rootfs/ /\n"},
		{scenarios.Debian, []string{"root"}, true, "FROM ${IMAGE}\nCOPY rootfs/ /\n"},
		{scenarios.Scratch, nil, false, "FROM scratch\nCOPY --from=go /usr/local/go /usr/local/go\n"},
	} {
		c := onlyHost(scenarios.Host{})
		c.Scenario.File = filepath.Join(t.TempDir(), "own.yaml")
		put(t, c.Scenario.File, "title: own\n")
		c.Scenario.World.Client.Image, c.Scenario.World.Client.Trusts = test.image, test.trusts
		files, _ := composed(t, c)
		_, has := files[bundle]
		assert.Equal(t, test.bundle, has, "%q %v", test.image, test.trusts)
		assert.Contains(t, string(files["client/Dockerfile"].Data), test.from)
	}
}

func TestComposeNames(t *testing.T) {
	t.Parallel()
	files, file := composed(t, caseOf(t, "network/dns-hijack", "broken"))
	w := caseOf(t, "network/dns-hijack", "broken").Scenario.World
	for name, told := range w.Names {
		assert.Contains(t, file.Services, "really-"+name)
		assert.Contains(t, string(files["docker-compose.yml"].Data), `aliases: ["`+told.LeadsTo+`", "`+name+`"]`)
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*scenarios.World)
		says   string
	}{
		"an address": {func(w *scenarios.World) { w.Hosts["10.0.0.1"] = w.Hosts["a.test"] }, "host 10.0.0.1: hosts"},
		"itself":     {func(w *scenarios.World) { w.Hosts["localhost"] = w.Hosts["a.test"] }, "host localhost: hosts"},
		"git": {func(w *scenarios.World) {
			w.Hosts["a.test"] = scenarios.Host{Serves: "git", Presents: []string{"leaf"}}
		}, "host a.test: serves: git"},
		"transparent": {func(w *scenarios.World) {
			w.Hosts["a.test"] = scenarios.Host{Serves: "proxy", Listens: map[string]scenarios.Protocol{"443": "transparent"}}
		}, "host a.test: listens: transparent"},
		"a clock":  {func(w *scenarios.World) { w.Client.Clock = "+1y" }, "client: clock"},
		"a lookup": {func(w *scenarios.World) { w.Names = map[string]scenarios.Name{"a.test": {Answers: "nxdomain"}} }, "client: names: a.test"},
		"no shell": {func(w *scenarios.World) {
			w.Client.Image, w.Client.Before = scenarios.Scratch, []scenarios.Command{{"go", "env"}}
		}, "client: before"},
		"a hosts file": {func(w *scenarios.World) {
			w.Client.Files = map[string]scenarios.File{"/x": {Hosts: []string{"a.test"}}}
		}, "client: files: /x: hosts"},
		"Docker's files": {func(w *scenarios.World) { w.Client.Files = map[string]scenarios.File{"/etc/hosts": {Text: "x"}} }, "client: files: /etc/hosts"},
		"the kernel's":   {func(w *scenarios.World) { w.Client.Files = map[string]scenarios.File{"/proc/x": {Text: "x"}} }, "client: files: /proc/x"},
		"two names a way": {func(w *scenarios.World) {
			w.Hosts["p.test"] = scenarios.Host{Serves: "proxy"}
			w.Names = map[string]scenarios.Name{"b.test": {LeadsTo: "a.test"}}
		}, "client: names: b.test"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := onlyHost(scenarios.Host{})
			c.Scenario.File = filepath.Join(t.TempDir(), "own.yaml")
			put(t, c.Scenario.File, "title: own\n")
			test.change(&c.Scenario.World)
			_, err := Compose(c, ComposeOptions{})
			assert.ErrorContains(t, err, test.says)
			assert.ErrorContains(t, err, "Compose cannot express it")
		})
	}
	_, err := Compose(caseOf(t, "chain/missing-intermediate", "broken"), ComposeOptions{Image: "a b"})
	assert.ErrorContains(t, err, "--image")
}

// Most of the catalogue can be carried away, and what is not names its word.
func TestComposeCatalogue(t *testing.T) {
	all, err := scenarios.Catalogue()
	require.NoError(t, err)
	rendered := 0
	for _, s := range all {
		e, err := Compose(lab.Case{Scenario: s}, ComposeOptions{})
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				assert.Regexp(t, `^(host [^ ]+|client): .+: Compose cannot express it: .+`, line, s.ID)
			}
			continue
		}
		rendered++
		dir := t.TempDir()
		require.NoError(t, e.Files.Write(dir, false))
		for _, h := range s.World.Hosts {
			for _, name := range h.Presents {
				assert.FileExists(t, filepath.Join(dir, "servers", "certificates", name+".crt"), s.ID)
			}
		}
		_, err = certgen.Load(s.World.Certificates, os.DirFS(filepath.Join(dir, "servers", "certificates")))
		assert.NoError(t, err, s.ID)
	}
	t.Logf("%d of %d scenarios rendered", rendered, len(all))
	assert.Greater(t, rendered, len(all)*3/4)
}

func TestProgram(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	put(t, text, "#!/bin/sh\n")
	_, err := Program(text)
	assert.ErrorContains(t, err, "--program "+text)
	assert.ErrorContains(t, err, "no program for Linux")
	_, err = Program(text + "-not")
	assert.ErrorContains(t, err, "--program")
	data, err := Program("")
	if err != nil {
		assert.ErrorIs(t, err, lab.ErrUnavailable)
		assert.ErrorContains(t, err, "CGO_ENABLED=0")
	} else {
		assert.NotEmpty(t, data)
	}
}
