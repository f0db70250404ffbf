package scenarios

import (
	"reflect"
	"strings"
)

func (f *Fix) setID(id string)   { f.ID = id }
func (m *Myth) setID(id string)  { m.ID = id }
func (c *Claim) setID(id string) { c.ID = id }

// decodeNode takes one line or a list of them.
func (l *Lines) decodeNode(d decoder, n *node) {
	*l = oneOrMore[string](d, n)
}

// decodeNode takes one expectation or a list of them.
func (e *Expectations) decodeNode(d decoder, n *node) {
	*e = oneOrMore[Expectation](d, n)
}

// oneOrMore reads a list, or a single element that stands for a list of one.
func oneOrMore[T any](d decoder, n *node) []T {
	items := []*node{n}
	if n.kind == isList {
		items = n.items
	}
	list := make([]T, len(items))
	for i, item := range items {
		d.decode(item, reflect.ValueOf(&list[i]).Elem())
	}
	if len(list) == 0 {
		d.add(n.owner(), "the list is empty; expected at least one entry, or no key")
	}
	return list
}

// shellSyntax is what a reader of a command line expects a shell to act on.
const shellSyntax = "'\"`$|;&<>\\\n"

// decodeNode takes words in one text, or a list of arguments.
func (c *Command) decodeNode(d decoder, n *node) {
	before := len(d.list)
	switch i := strings.IndexAny(n.text, shellSyntax); {
	case n.kind == isList:
		d.decode(n, reflect.ValueOf((*[]string)(c)).Elem())
	case !d.expect(n, isText):
	case i >= 0:
		d.add(n.pos, "no shell reads a command, and this one holds %q; write it as a list, an argument each: [%s]", n.text[i], strings.Join(strings.Fields(n.text), ", "))
	default:
		*c = strings.Fields(n.text)
	}
	if len(d.list) == before && (len(*c) == 0 || (*c)[0] == "") {
		d.add(n.place(), "the command is empty; expected a program and its arguments, such as go get %s", DefaultModule)
	}
}

// decodeNode takes texts, and other scalars by their source.
func (e *Env) decodeNode(d decoder, n *node) {
	if !d.expect(n, isMapping) {
		return
	}
	*e = make(Env, len(n.fields))
	for _, f := range n.fields {
		switch f.value.kind {
		case isText, isNumber, isBool:
			(*e)[f.name] = f.value.text
		default:
			d.expect(f.value, isText)
		}
	}
}

// decodeNode takes a mapping of any content, which is judged by what it makes
// of a world.
func (p *Patch) decodeNode(d decoder, n *node) {
	if d.expect(n, isMapping) {
		*p = n.appendJSON(nil)
	}
}
