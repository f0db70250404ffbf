package scenarios

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
)

// minimal is the smallest world that is one.
func minimal() World {
	return World{
		Certificates: map[string]certgen.Spec{"root": {CA: true}, "proxy": {Issuer: "root", Names: []string{"a.test"}}},
		Hosts:        map[string]Host{"a.test": {Serves: Modules, Presents: []string{"proxy"}}},
		Client:       Client{Trusts: []string{"root"}, Env: Env{"A": "1", "B": "2"}, Run: Command{"go", "version"}},
	}
}

// TestApplyMerges has the cases of RFC 7396, appendix A, that can be told of a
// world, whose whole is always an object.
func TestApplyMerges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, patch string
		want        func(w *World)
	}{
		{"nothing", `{}`, func(*World) {}},
		{"replaces a value", `{"client":{"env":{"A":"3"}}}`, func(w *World) { w.Client.Env["A"] = "3" }},
		{"adds a value", `{"client":{"env":{"C":"3"}}}`, func(w *World) { w.Client.Env["C"] = "3" }},
		{"null removes a value", `{"client":{"env":{"A":null}}}`, func(w *World) { delete(w.Client.Env, "A") }},
		{"null removes an object", `{"client":{"env":null}}`, func(w *World) { w.Client.Env = nil }},
		{"removes one and replaces another", `{"client":{"env":{"A":null,"B":"3"}}}`, func(w *World) { w.Client.Env = Env{"B": "3"} }},
		{"a list is replaced as a whole", `{"client":{"trusts":["proxy"]}}`, func(w *World) { w.Client.Trusts = []string{"proxy"} }},
		{"an object takes the place of nothing", `{"hosts":{"a.test":{"tls":{"min":"1.2"}}}}`, func(w *World) {
			h := w.Hosts["a.test"]
			h.TLS = &TLS{Min: "1.2"}
			w.Hosts["a.test"] = h
		}},
		{"an empty list is not nil", `{"modules":[]}`, func(w *World) { w.Modules = []string{} }},
		{"an empty mapping is not nil", `{"hosts":{"a.test":{"listens":{}}}}`, func(w *World) {
			h := w.Hosts["a.test"]
			h.Listens = map[string]Protocol{}
			w.Hosts["a.test"] = h
		}},
		{"a number in the environment is its source", `{"client":{"env":{"A":1.20,"B":true}}}`, func(w *World) { w.Client.Env = Env{"A": "1.20", "B": "true"} }},
		{"a command in words", `{"client":{"run":"go get <x"}}`, nil},
		{"a command as a list", `{"client":{"run":["go","get","<x&>"]}}`, func(w *World) { w.Client.Run = Command{"go", "get", "<x&>"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := minimal()
			got, err := before.Apply(Patch(c.patch))
			assert.Equal(t, minimal(), before, "the world itself has changed")
			if c.want == nil {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			want := minimal()
			c.want(&want)
			assert.Equal(t, want, got)
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, patch, want string }{
		{"what is no JSON", `{`, "change: the change is not JSON"},
		{"a list", `[]`, "change: the change is not a JSON object"},
		{"null", `null`, "change: the change is not a JSON object"},
		{"an unknown key", `{"hosts":{"a.test":{"present":[]}}}`, `unknown key "present" in a host; did you mean "presents"?`},
		{"a name of nothing", `{"client":{"trusts":["rot"]}}`, `no certificate of this world is called "rot"; did you mean "root"?`},
		{"a null for what is not there", `{"client":{"env":{"X":null}}}`, `null removes "X", which is not there`},
		{"a null in what is added", `{"hosts":{"a.test":{"tls":{"min":null,"max":"1.2"}}}}`, `null removes "min", which is not there`},
		{"a null in a list", `{"client":{"trusts":["root",null]}}`, "a null in a list"},
		{"the removal of what is required", `{"client":{"run":null}}`, `the client has no "run"`},
		{"a certificate that cannot be", `{"certificates":{"root":{"key":"rsa-1"}}}`, "rsa-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := minimal().Apply(Patch(c.patch))
			require.Error(t, err)
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestMachines(t *testing.T) {
	t.Parallel()
	host := Host{Serves: Modules, Presents: []string{"proxy"}, Behind: []Middlebox{{Box: BoxReset}}}
	alone, err := host.Machines()
	require.NoError(t, err)
	assert.Equal(t, []Host{host}, alone)

	several := host
	several.Backends = []Patch{Patch(`{}`), Patch(`{"presents":["other"]}`), Patch(`{"behind":null}`)}
	machines, err := several.Machines()
	require.NoError(t, err)
	other, open := host, host
	other.Presents = []string{"other"}
	open.Behind = nil
	assert.Equal(t, []Host{host, other, open}, machines)

	several.Backends = []Patch{Patch(`{"behing":null}`)}
	_, err = several.Machines()
	assert.ErrorContains(t, err, `null removes "behing", which is not there; did you mean "behind"?`)
}

// TestWorldsSurviveJSON sends every world of the catalogue, and every one that
// a fix or a myth makes, through encoding/json and through Apply.
func TestWorldsSurviveJSON(t *testing.T) {
	t.Parallel()
	own, err := Parse("case.yaml", []byte(validScenario))
	require.NoError(t, err)
	all, err := Catalogue()
	require.NoError(t, err)
	for _, s := range append(all[:len(all):len(all)], own) {
		worlds := []World{s.World}
		for _, f := range s.Fixes {
			w, err := s.Fixed(f)
			require.NoError(t, err, "%s, fix %s", s.ID, f.ID)
			worlds = append(worlds, w)
		}
		for _, m := range s.Myths {
			w, err := s.World.Apply(m.Change)
			require.NoError(t, err, "%s, myth %s", s.ID, m.ID)
			worlds = append(worlds, w)
		}
		for _, w := range worlds {
			text, err := json.Marshal(w)
			require.NoError(t, err)
			var plain World
			require.NoError(t, json.Unmarshal(text, &plain))
			assert.Equal(t, w, plain, s.ID)
			applied, err := w.Apply(nil)
			require.NoError(t, err)
			assert.Equal(t, w, applied, s.ID)
		}
	}
}

func TestPatchJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Patch(nil))
	require.NoError(t, err)
	assert.Equal(t, "{}", string(text))
	text, err = json.Marshal([]Patch{Patch(`{"a": null}`)})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"a":null}]`, string(text))
	_, err = json.Marshal(Patch(`{`))
	require.Error(t, err)

	var p Patch
	require.NoError(t, json.Unmarshal([]byte(` {"a":1}`), &p))
	assert.Equal(t, `{"a":1}`, string(p))
	assert.ErrorContains(t, json.Unmarshal([]byte(`[1]`), &p), "expected a JSON object")

	_, err = World{Hosts: map[string]Host{"a": {Backends: []Patch{Patch("{")}}}}.Apply(nil)
	assert.ErrorContains(t, err, "has no JSON form")
}
