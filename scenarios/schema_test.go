package scenarios

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the generated files instead of comparing them")

const publishedSchema = "../docs/scenario.schema.json"

// TestSchemaIsFresh compares the generated files with the sources that they
// are made from. With -update it writes them.
func TestSchemaIsFresh(t *testing.T) {
	texts := sourceComments(t)
	fresh, err := schema(texts)
	require.NoError(t, err)
	encoded, err := json.MarshalIndent(texts, "", "  ")
	require.NoError(t, err)
	encoded = append(encoded, '\n')
	if *update {
		require.NoError(t, os.WriteFile("comments.json", encoded, 0o644))
		require.NoError(t, os.WriteFile(publishedSchema, fresh, 0o644))
		return
	}
	published, err := os.ReadFile(publishedSchema)
	require.NoError(t, err)
	const renew = "stale: run go generate ./scenarios"
	assert.True(t, bytes.Equal(encoded, comments), "scenarios/comments.json is %s", renew)
	assert.True(t, bytes.Equal(fresh, published), "docs/scenario.schema.json is %s", renew)

	embedded, err := Schema()
	require.NoError(t, err)
	assert.True(t, bytes.Equal(embedded, published), "docs/scenario.schema.json is %s", renew)
}

// docLink is a link in a doc comment, which JSON Schema does not have.
var docLink = regexp.MustCompile(`\[([A-Za-z.]+)\]`)

// sourceComments reads the doc comments of the types that a file is made of.
func sourceComments(t *testing.T) map[string]string {
	r := new(jsonschema.Reflector)
	require.NoError(t, r.AddGoComments("github.com/tlslab/tlslab/scenarios", ".", jsonschema.WithFullComment()))
	require.NoError(t, r.AddGoComments("github.com/tlslab/tlslab/certgen", "../certgen", jsonschema.WithFullComment()))
	described := map[string]string{}
	for name, text := range r.CommentMap {
		name = strings.Replace(name, "scenarios/../certgen", "certgen", 1)
		if text != "" && inSchema(path.Base(name)) {
			described[name] = strings.Join(strings.Fields(docLink.ReplaceAllString(text, "$1")), " ")
		}
	}
	return described
}

// inSchema says whether PACKAGE.TYPE or PACKAGE.TYPE.FIELD is part of a file.
func inSchema(name string) bool {
	switch parts := strings.Split(name, "."); parts[0] + "." + parts[1] {
	case "scenarios.Scenario", "scenarios.Expectation", "scenarios.Fix", "scenarios.Myth",
		"scenarios.World", "scenarios.Host", "scenarios.Upstream", "scenarios.TLS", "scenarios.Middlebox",
		"scenarios.Answer", "scenarios.Client", "scenarios.File", "certgen.Spec", "certgen.Extension":
		return true
	}
	return false
}

func compileSchema(t *testing.T) *validator.Schema {
	t.Helper()
	text, err := Schema()
	require.NoError(t, err)
	document, err := validator.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := validator.NewCompiler()
	require.NoError(t, c.AddResource("scenario.json", document))
	compiled, err := c.Compile("scenario.json")
	require.NoError(t, err)
	return compiled
}

// validate checks a YAML file against the schema, as an editor does.
func validate(t *testing.T, s *validator.Schema, data []byte) error {
	t.Helper()
	ps := &problems{}
	root := parseYAML(data, ps)
	require.NoError(t, ps.err())
	value, err := validator.UnmarshalJSON(bytes.NewReader(root.appendJSON(nil)))
	require.NoError(t, err)
	return s.Validate(value)
}

func TestSchemaAcceptsTheCatalogue(t *testing.T) {
	t.Parallel()
	s := compileSchema(t)
	paths, err := filepath.Glob("catalogue/*/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, file := range paths {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NoError(t, validate(t, s, data), file)
	}
}

func TestSchemaAndDecoderAgree(t *testing.T) {
	t.Parallel()
	s := compileSchema(t)
	for _, c := range []struct{ name, from, to string }{
		{"unknown key in a certificate", "issuer: root", "isuer: root"},
		{"unknown key in a change", "change: {hosts", "change: {host"},
		{"unknown key in a host of a change", "fixed.test: {presents", "fixed.test: {present"},
		{"unknown cause", "cause: incomplete-chain", "cause: incomplete"},
		{"unknown service", "serves: modules", "serves: module"},
		{"unknown side", "by: server", "by: sever"},
		{"unknown attack", "unsafe: [impostor]", "unsafe: [imposter]"},
		{"unknown TLS version", `min: "1.2"`, `min: "1.4"`},
		{"unknown curve", "curves: [X25519]", "curves: [X2551]"},
		{"text for a list", "presents: [proxy]", "presents: proxy"},
		{"list for a text", "title: A scenario", "title: [A scenario]"},
		{"number for a text", `min: "1.2"`, "min: 1.2"},
		{"text for a number", "path-length: 0", "path-length: none"},
		{"missing cause", "cause: incomplete-chain", "about: none"},
		{"missing command", "run: go version", "runs: 1"},
		{"missing claim", "claim: It helps", "because: It helps"},
		{"port in words", "443: tls", "https: tls"},
		{"id with capitals", "send-the-chain:", "SendTheChain:"},
		{"null in the world", "trusts: [root]", "trusts: null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, validScenario, c.from)
			data := []byte(strings.Replace(validScenario, c.from, c.to, 1))
			require.Error(t, validate(t, s, data), "the schema takes it")
			_, err := Parse("case.yaml", data)
			require.Error(t, err, "the decoder takes it")
		})
	}
	require.NoError(t, validate(t, s, []byte(validScenario)))
	_, err := Parse("case.yaml", []byte(validScenario))
	require.NoError(t, err)
}

// validScenario uses every short form and most keys.
const validScenario = `
title: A scenario
cause: incomplete-chain
seen: [https://example.test/thread]
world:
  certificates:
    root: {ca: true, path-length: 0}
    proxy: {issuer: root, names: [fixed.test]}
  hosts:
    fixed.test:
      serves: modules
      listens: {443: tls, "80": http}
      tls: {min: "1.2", curves: [X25519]}
      presents: [proxy]
      behind: [{box: reset, at: hello}]
      backends: [{}, {behind: null}]
  modules: [example.test/hello@v1.0.0]
  client:
    trusts: [root]
    env: {GOSUMDB: off, CGO_ENABLED: 0, X: true}
    files:
      $HOME/ca.pem: {certificates: [root], as: der}
    before: [[go, env], go version]
    run: go version
fails:
  - {go: "<1.20", stderr: "one"}
  - {go: ">=1.20", stderr: [one, "two {now} {root.not-after}"]}
fixes:
  send-the-chain:
    title: Do it
    by: server
    change: {hosts: {fixed.test: {presents: [proxy, root], tls: null}}}
    unsafe: [impostor]
myths:
  nothing:
    claim: It helps
    change: {client: {env: {GOSUMDB: null, Y: 1.20}}}
    fails: {stderr: three}
`
