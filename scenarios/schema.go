package scenarios

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

//go:generate go test -run ^TestSchemaIsFresh$ -update .

// comments are the doc comments of the types, which a program does not have at
// run time: text by qualified name.
//
//go:embed comments.json
var comments []byte

// Schema returns the JSON Schema (draft 2020-12) of a scenario file, made from
// the Go types, their comments and their lists of values.
// docs/scenario.schema.json is the same text, published. Names that a file
// gives to its own things are not in it: [Parse] checks more.
func Schema() ([]byte, error) {
	var texts map[string]string
	if err := json.Unmarshal(comments, &texts); err != nil {
		return nil, err
	}
	return schema(texts)
}

func schema(comments map[string]string) ([]byte, error) {
	r := &jsonschema.Reflector{Mapper: mapForm, CommentMap: comments}
	whole := r.ReflectFromType(reflect.TypeFor[Scenario]())
	whole.ID = ""
	whole.Title = "A scenario of tlslab"
	for _, hidden := range []any{Expectation{}, Fix{}, Myth{}} {
		for name, def := range r.Reflect(hidden).Definitions {
			whole.Definitions[name] = def
		}
	}
	addPatches(whole.Definitions)
	text, err := json.MarshalIndent(whole, "", "  ")
	return append(text, '\n'), err
}

// mapForm gives the schema of what a file may write in another form than the
// Go type has, and is nil for the rest.
func mapForm(t reflect.Type) *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	switch t {
	case reflect.TypeFor[Lines]():
		return oneOrList(text)
	case reflect.TypeFor[Command]():
		return oneOrList(text)
	case reflect.TypeFor[Expectations]():
		return oneOrList(reference("Expectation"))
	case reflect.TypeFor[[]Fix]():
		return byID(reference("Fix"))
	case reflect.TypeFor[[]Myth]():
		return byID(reference("Myth"))
	case reflect.TypeFor[Patch]():
		return reference(patchOf("World"))
	case reflect.TypeFor[[]Patch]():
		return &jsonschema.Schema{Type: "array", Items: reference(patchOf("Host"))}
	case reflect.TypeFor[Env]():
		scalar := &jsonschema.Schema{AnyOf: []*jsonschema.Schema{text, {Type: "number"}, {Type: "boolean"}}}
		return &jsonschema.Schema{Type: "object", AdditionalProperties: scalar}
	case reflect.TypeFor[map[string]Protocol]():
		return &jsonschema.Schema{Type: "object", AdditionalProperties: mapForm(t.Elem()), PropertyNames: &jsonschema.Schema{Pattern: "^[1-9][0-9]{0,4}$"}}
	}
	if values := valuesOf(t); values != nil {
		text.Enum = anys(values)
		return text
	}
	return nil
}

func reference(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func oneOrList(one *jsonschema.Schema) *jsonschema.Schema {
	least := uint64(1)
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{one, {Type: "array", Items: one, MinItems: &least}}}
}

func byID(element *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: element, PropertyNames: &jsonschema.Schema{Pattern: "^[a-z0-9-]+$"}}
}

func anys(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// patchOf is the name of the definition of changes to what is defined as name.
func patchOf(name string) string { return name + "Change" }

// addPatches defines the merge patches of a world: its own definitions with
// nothing required and null everywhere, since null removes. What stands in a
// list is replaced as a whole and stays as it is.
func addPatches(defs jsonschema.Definitions) {
	for _, name := range []string{"World", "Host", "Name", "Client", "Spec", "File", "TLS", "Upstream", "Proxy"} {
		change := *defs[name]
		change.Required = nil
		change.Description = "A merge patch (RFC 7396): null removes a key, a list is replaced as a whole."
		change.Properties = jsonschema.NewProperties()
		for p := defs[name].Properties.Oldest(); p != nil; p = p.Next() {
			change.Properties.Set(p.Key, nullable(patched(p.Value)))
		}
		defs[patchOf(name)] = &change
	}
}

// patched points a reference, or the values of a mapping, to the definitions
// of changes.
func patched(s *jsonschema.Schema) *jsonschema.Schema {
	changed := *s
	if s.Ref != "" && !strings.HasSuffix(s.Ref, patchOf("")) {
		changed.Ref = patchOf(s.Ref)
	}
	if s.Type == "object" && s.AdditionalProperties != nil {
		changed.AdditionalProperties = nullable(patched(s.AdditionalProperties))
	}
	return &changed
}

// nullable allows null too. The description moves out, to where editors look
// for it.
func nullable(s *jsonschema.Schema) *jsonschema.Schema {
	inner := *s
	inner.Description = ""
	return &jsonschema.Schema{Description: s.Description, AnyOf: []*jsonschema.Schema{&inner, {Type: "null"}}}
}
