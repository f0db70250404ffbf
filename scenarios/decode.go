package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tlslab/tlslab/certgen/spelling"
)

// decoder fills Go values from nodes. The types' json tags are the only list
// of keys there is; a key without omitempty or omitzero is required.
type decoder struct{ *problems }

// shortForm is a type that a file may write in more than one form.
type shortForm interface{ decodeNode(d decoder, n *node) }

// identified is the element of a list that a file writes as a mapping from
// ids, which keeps the order of the file.
type identified interface{ setID(id string) }

// decode fills v, which is settable, and reports whatever n has that v has no
// place for.
func (d decoder) decode(n *node, v reflect.Value) {
	if form, ok := v.Addr().Interface().(shortForm); ok {
		form.decodeNode(d, n)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem())
	case reflect.Struct:
		d.decodeStruct(n, v)
	case reflect.Map:
		d.decodeMap(n, v)
	case reflect.Slice:
		if _, ok := reflect.New(v.Type().Elem()).Interface().(identified); ok {
			d.decodeIdentified(n, v)
			return
		}
		d.decodeSlice(n, v)
	default:
		d.decodeScalar(n, v)
	}
}

func (d decoder) decodeStruct(n *node, v reflect.Value) {
	if !d.expect(n, isMapping) {
		return
	}
	keys := keysOf(v.Type())
	for _, f := range n.fields {
		key, ok := keys.find(f.name)
		if !ok {
			d.add(f.value.owner(), "unknown key %q in %s%s", f.name, noun(v.Type()), suggestion(f.name, keys.names()))
			continue
		}
		to := v.Field(key.index)
		before := len(d.list)
		d.decode(f.value, to)
		d.among(f.value, to, key.values)
		if key.omitempty && hasLen(to) && to.Len() == 0 {
			to.SetZero()
		}
		if key.required && to.IsZero() && len(d.list) == before {
			d.add(f.value.place(), "%q is empty in %s; write what it is", f.name, noun(v.Type()))
		}
	}
	for _, key := range keys {
		if key.required && n.get(key.name) == nil {
			d.add(n.owner(), "%s has no %q; add it", noun(v.Type()), key.name)
		}
	}
}

func hasLen(v reflect.Value) bool { return v.Kind() == reflect.Slice || v.Kind() == reflect.Map }

func (d decoder) decodeMap(n *node, v reflect.Value) {
	if !d.expect(n, isMapping) {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.fields)))
	for _, f := range n.fields {
		element := reflect.New(v.Type().Elem()).Elem()
		d.decode(f.value, element)
		v.SetMapIndex(reflect.ValueOf(f.name).Convert(v.Type().Key()), element)
	}
}

func (d decoder) decodeSlice(n *node, v reflect.Value) {
	if n.kind == isText || n.kind == isNumber {
		d.add(n.pos, "found %s, expected a list; write [%s]", found(n), n.text)
		return
	}
	if !d.expect(n, isList) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		d.decode(item, v.Index(i))
	}
}

func (d decoder) decodeIdentified(n *node, v reflect.Value) {
	if !d.expect(n, isMapping) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.fields), len(n.fields)))
	for i, f := range n.fields {
		if !isID(f.name) {
			d.add(f.value.owner(), "%q is not an id; expected small letters, digits and hyphens, such as trust-the-root", f.name)
		}
		v.Index(i).Addr().Interface().(identified).setID(f.name)
		d.decode(f.value, v.Index(i))
	}
}

func isID(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (d decoder) decodeScalar(n *node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if !d.expect(n, isText) {
			return
		}
		v.SetString(n.text)
		d.among(n, v, valuesOf(v.Type()))
	case reflect.Bool:
		if n.kind != isBool {
			d.add(n.place(), "found %s, expected true or false", found(n))
			return
		}
		v.SetBool(n.text == "true")
	case reflect.Int:
		i, err := strconv.Atoi(n.text)
		if n.kind != isNumber || err != nil {
			d.add(n.place(), "found %s, expected a whole number such as 3", found(n))
			return
		}
		v.SetInt(int64(i))
	default:
		panic("scenarios: no way to decode a " + v.Type().String())
	}
}

// among reports a text, or those of a list, that is none of values. No values
// mean that every text will do.
func (d decoder) among(n *node, v reflect.Value, values []string) {
	switch {
	case len(values) == 0:
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			d.among(n.items[i], v.Index(i), values)
		}
	case n.kind == isText && !slices.Contains(values, n.text):
		hint := "; "
		if near := spelling.Nearest(n.text, values); near != "" {
			hint = fmt.Sprintf("; did you mean %q? ", near)
		}
		d.add(n.pos, "unknown value %q%sexpected %s", n.text, hint, oneOf(values))
	}
}

// expect reports a node of another kind than want.
func (d decoder) expect(n *node, want kind) bool {
	switch {
	case n.kind == want:
		return true
	case n.kind == isNull:
		d.add(n.owner(), "nothing stands here, expected %s; write it, or remove the key", want)
	case want == isText && (n.kind == isNumber || n.kind == isBool):
		d.add(n.pos, "found %s, expected a text; quote it: %q", found(n), n.text)
	default:
		d.add(n.place(), "found %s, expected %s", found(n), want)
	}
	return false
}

// found is how messages call what stands in a file.
func found(n *node) string {
	switch n.kind {
	case isBool, isNumber:
		return fmt.Sprintf("%s (%s)", n.kind, n.text)
	case isText:
		return fmt.Sprintf("%s (%q)", n.kind, shorten(n.text, 40))
	}
	return n.kind.String()
}

// structKey is a key of a struct.
type structKey struct {
	name                string
	index               int
	required, omitempty bool
	values              []string // of the jsonschema tag's enum
}

type structKeys []structKey

func (keys structKeys) find(name string) (structKey, bool) {
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	return structKey{}, false
}

func (keys structKeys) names() []string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	return names
}

var structKeysCache sync.Map // reflect.Type to structKeys

// keysOf reads the tags of a struct type.
func keysOf(t reflect.Type) structKeys {
	if cached, ok := structKeysCache.Load(t); ok {
		return cached.(structKeys)
	}
	var keys structKeys
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		keys = append(keys, structKey{
			name:      name,
			index:     i,
			required:  options == "",
			omitempty: options == "omitempty",
			values:    tagValues(t.Field(i).Tag.Get("jsonschema")),
		})
	}
	structKeysCache.Store(t, keys)
	return keys
}

// tagValues are the enum entries of a jsonschema tag.
func tagValues(tag string) []string {
	var values []string
	for part := range strings.SplitSeq(tag, ",") {
		if value, ok := strings.CutPrefix(part, "enum="); ok {
			values = append(values, value)
		}
	}
	return values
}

// noun is how messages call a value of a struct type.
func noun(t reflect.Type) string {
	switch t.Name() {
	case "Spec":
		return "a certificate"
	case "World", "Client":
		return "the " + strings.ToLower(t.Name())
	case "TLS":
		return "the tls of a host"
	case "Extension", "Answer", "Expectation", "Upstream":
		return "an " + strings.ToLower(t.Name())
	}
	return "a " + strings.ToLower(t.Name())
}
