package scenarios

import (
	"encoding/json"
	"strconv"
)

// kind is what a node is, in JSON's terms.
type kind int

const (
	isNull kind = iota
	isBool
	isNumber
	isText
	isList
	isMapping
)

// String is how messages call a value of the kind.
func (k kind) String() string {
	return [...]string{"nothing", "a truth value", "a number", "a text", "a list", "a mapping"}[k]
}

// node is a value as a file writes it, with its place.
type node struct {
	kind kind
	text string // of a scalar: a text's value, the source of the others

	items  []*node // of a list
	fields []field // of a mapping, in the order of the file

	pos position // where the value begins
	key position // where its key begins; zero in a list and for the whole file
}

// field is one entry of a mapping.
type field struct {
	name  string
	value *node
}

// owner is the place to report what a value lacks.
func (n *node) owner() position {
	if n.key != (position{}) {
		return n.key
	}
	return n.pos
}

// place is where to report what is wrong with a value: a scalar itself, the
// key of what is larger.
func (n *node) place() position {
	if n.kind == isList || n.kind == isMapping {
		return n.owner()
	}
	return n.pos
}

// get is a mapping's value, or nil.
func (n *node) get(name string) *node {
	for _, f := range n.fields {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// names are a mapping's keys.
func (n *node) names() []string {
	names := make([]string, len(n.fields))
	for i, f := range n.fields {
		names[i] = f.name
	}
	return names
}

// find follows a path of keys and list indices as far as the tree goes. A
// value that stands for a list of one is its own first item.
func (n *node) find(path ...string) *node {
	for _, step := range path {
		next := n.get(step)
		if i, err := strconv.Atoi(step); err == nil && n.kind == isList && 0 <= i && i < len(n.items) {
			next = n.items[i]
		}
		if next == nil && !(step == "0" && n.kind != isList) {
			return n
		}
		if next != nil {
			n = next
		}
	}
	return n
}

// appendJSON appends the node as JSON.
func (n *node) appendJSON(b []byte) []byte {
	switch n.kind {
	case isNull:
		return append(b, "null"...)
	case isBool, isNumber:
		return append(b, n.text...)
	case isText:
		return append(b, quoteJSON(n.text)...)
	case isList:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, f := range n.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, quoteJSON(f.name)...), ':')
		b = f.value.appendJSON(b)
	}
	return append(b, '}')
}

// quoteJSON cannot fail: every Go string has a JSON form.
func quoteJSON(s string) []byte {
	quoted, _ := json.Marshal(s)
	return quoted
}
