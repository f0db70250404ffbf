package scenarios

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a file. They keep the parser's recursion and its time, which
// grows with the square of the number of keys, within reason.
const (
	maxSize   = 256 << 10 // bytes
	maxTokens = 10_000    // words and signs of YAML; a text of any length is one
	maxDepth  = 64        // levels of nesting
)

// parseYAML reads the one document of a file. The result is nil where ps got
// a problem that leaves nothing to go on with.
func parseYAML(data []byte, ps *problems) (root *node) {
	// The parser is given whatever people have on disk. Should it panic on
	// some of it, that file is not YAML.
	defer func() {
		if failure := recover(); failure != nil {
			root = nil
			ps.add(position{}, "this is not YAML: the parser gives up on it (%v)", failure)
		}
	}()
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !readable(data, ps) {
		return nil
	}
	tokens := lexer.Tokenize(string(data))
	if !plain(tokens, ps) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		ps.syntax(err)
		return nil
	}
	b := builder{ps: ps}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return b.node(doc.Body, 0)
		}
	}
	ps.add(position{}, "the file is empty; expected a scenario with title, cause and world")
	return nil
}

// readable says whether data is text of a size that a scenario can have.
func readable(data []byte, ps *problems) bool {
	switch {
	case len(data) > maxSize:
		ps.add(position{}, "the file has more than %d KiB; expected a scenario, which is a page of YAML", maxSize>>10)
	case !utf8.Valid(data) || bytes.ContainsRune(data, 0):
		ps.add(position{}, "the file is binary or not UTF-8; expected a scenario in YAML")
	default:
		return true
	}
	return false
}

// refused are the parts of YAML that scenarios do without, since a reader
// should not have to know them, and what to write instead.
var refused = map[token.Type]string{
	token.AnchorType:     "YAML anchors (&name) are not supported; write the value out, and quote one that begins with &",
	token.AliasType:      "YAML aliases (*name) are not supported; write the value out, and quote one that begins with *",
	token.MergeKeyType:   "YAML merge keys (<<) are not supported; write the keys out",
	token.TagType:        "YAML tags (!name) are not supported; leave the tag out, and quote a value that begins with !",
	token.DirectiveType:  "YAML directives (%NAME) are not supported; leave the line out, and quote a value that begins with %",
	token.MappingKeyType: "YAML's long form of keys (?) is not supported; write key: value",
}

// plain says whether tokens are the plain YAML of one document, nested no
// deeper than the parser can follow.
func plain(tokens token.Tokens, ps *problems) bool {
	if len(tokens) > maxTokens {
		ps.add(position{}, "the file has more than %d keys, values and signs; expected a scenario, which is a page of YAML", maxTokens)
		return false
	}
	content, ended := false, false
	flow, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if message, ok := refused[t.Type]; ok {
			ps.add(at(t), "%s", message)
			return false
		}
		if t.Type == token.CommentType {
			continue
		}
		if ended || content && t.Type == token.DocumentHeaderType {
			ps.add(at(t), "a second YAML document begins here; one file holds one scenario")
			return false
		}
		content, ended = true, t.Type == token.DocumentEndType
		flow += flowStep(t)
		if t.Type != token.SequenceEntryType || t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		dashes++
		if flow > maxDepth || dashes > maxDepth {
			ps.tooDeep(at(t))
			return false
		}
	}
	return true
}

// flowStep is 1 where a token opens a bracket and -1 where it closes one.
func flowStep(t *token.Token) int {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		return 1
	case token.SequenceEndType, token.MappingEndType:
		return -1
	}
	return 0
}

func (p *problems) tooDeep(at position) {
	p.add(at, "lists and mappings are nested deeper than %d levels; no part of a scenario is", maxDepth)
}

// syntax reports what goccy/go-yaml says of a file that it cannot read.
func (p *problems) syntax(err error) {
	var detailed interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if !errors.As(err, &detailed) || detailed.GetToken() == nil {
		p.add(position{}, "this is not YAML: %v", err)
		return
	}
	message := detailed.GetMessage()
	switch {
	case strings.Contains(message, `'	'`):
		message = "a tab in the indentation; YAML indents with spaces"
	case strings.Contains(message, "mapping value is not allowed"):
		message = "this is not YAML: a second \": \" in one value, or a line indented too far; quote a text that holds \": \""
	case strings.Contains(message, "reserved character"):
		message = "this is not YAML: " + message + "; quote the value"
	default:
		message = "this is not YAML: " + message
	}
	p.add(at(detailed.GetToken()), "%s", message)
}

func at(t *token.Token) position { return position{t.Position.Line, t.Position.Column} }

// builder makes nodes of goccy/go-yaml's syntax tree.
type builder struct{ ps *problems }

// jsonNumber is the grammar of RFC 8259, section 6. What YAML has on top of
// it, such as 0x1F and 1_000, is kept as text.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func (b *builder) node(n ast.Node, depth int) *node {
	pos := at(n.GetToken())
	if depth > maxDepth {
		b.ps.tooDeep(pos)
		return &node{pos: pos}
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &node{kind: isNull, pos: pos}
	case *ast.StringNode:
		return &node{kind: isText, text: n.Value, pos: pos}
	case *ast.LiteralNode:
		return &node{kind: isText, text: n.Value.Value, pos: at(n.Start)}
	case *ast.SequenceNode:
		return b.list(n, pos, depth)
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			pos = at(n.Values[0].Key.GetToken())
		}
		return b.mapping(n.Values, pos, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, at(n.Key.GetToken()), depth)
	}
	return scalar(n.GetToken().Value, pos)
}

// scalar reads the source of a plain scalar that YAML takes for a number or a
// truth value.
func scalar(source string, pos position) *node {
	switch {
	case source == "true" || source == "false":
		return &node{kind: isBool, text: source, pos: pos}
	case jsonNumber.MatchString(source):
		return &node{kind: isNumber, text: source, pos: pos}
	}
	return &node{kind: isText, text: source, pos: pos}
}

func (b *builder) list(n *ast.SequenceNode, pos position, depth int) *node {
	list := &node{kind: isList, pos: pos}
	for _, item := range n.Values {
		list.items = append(list.items, b.node(item, depth+1))
	}
	return list
}

func (b *builder) mapping(values []*ast.MappingValueNode, pos position, depth int) *node {
	mapping := &node{kind: isMapping, pos: pos}
	seen := map[string]position{}
	for _, entry := range values {
		key := at(entry.Key.GetToken())
		name := entry.Key.GetToken().Value
		if first, twice := seen[name]; twice {
			b.ps.add(key, "the key %q stands twice in one mapping, first in line %d; remove one of them", name, first.line)
			continue
		}
		seen[name] = key
		value := b.node(entry.Value, depth+1)
		value.key = key
		mapping.fields = append(mapping.fields, field{name, value})
	}
	return mapping
}
