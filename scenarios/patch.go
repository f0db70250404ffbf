package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	jsonpatch "github.com/evanphx/json-patch/v5"
)

// MarshalJSON returns the patch as it is. The nil patch, which changes
// nothing, is {}.
func (p Patch) MarshalJSON() ([]byte, error) {
	if p == nil {
		return []byte("{}"), nil
	}
	return p, nil
}

// UnmarshalJSON keeps a copy of the text, which must be an object: a patch of
// any other kind would replace a world, not change it.
func (p *Patch) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return fmt.Errorf("a change is %.40s, expected a JSON object in the shape of what it changes", data)
	}
	*p = bytes.Clone(data)
	return nil
}

// Apply returns w with p made to it by RFC 7396: null removes a key, a list is
// replaced as a whole. w itself is not changed. An *InvalidError says where
// the result is no world: an unknown key, a name of nothing, a null for what
// is not there.
func (w World) Apply(p Patch) (World, error) {
	ps := &problems{file: "change"}
	changed, tree := applyPatch(w, p, ps)
	if tree != nil && len(ps.list) == 0 {
		checkWorld(&changed, tree, ps)
	}
	return changed, ps.err()
}

// Machines are the machines behind the host's address: the host with each of
// its backends' changes, in their order, or the host alone where it has none.
// None of them has backends. The errors are those of [World.Apply]; the hosts
// of a loaded scenario give none.
func (h Host) Machines() ([]Host, error) {
	alone := h
	alone.Backends = nil
	if len(h.Backends) == 0 {
		return []Host{alone}, nil
	}
	ps := &problems{file: "backend"}
	machines := make([]Host, len(h.Backends))
	for i, p := range h.Backends {
		machines[i], _ = applyPatch(alone, p, ps)
	}
	return machines, ps.err()
}

func applyPatch[T any](base T, p Patch, ps *problems) (changed T, tree *node) {
	text, _ := p.MarshalJSON()
	if !json.Valid(text) {
		ps.add(position{}, "the change is not JSON; expected an object in the shape of what it changes")
		return changed, nil
	}
	change, err := parseJSON(text)
	if err != nil || change.kind != isMapping {
		ps.add(position{}, "the change is not a JSON object; expected one in the shape of what it changes")
		return changed, nil
	}
	return applyChange(base, change, ps)
}

// applyChange decodes what change makes of base, and returns the result also
// as nodes, which stand where change brought them in. tree is nil where ps
// got a problem.
func applyChange[T any](base T, change *node, ps *problems) (changed T, tree *node) {
	before, err := json.Marshal(base)
	if err != nil {
		ps.add(change.owner(), "what is changed has no JSON form: %v", err)
		return changed, nil
	}
	old, err := parseJSON(before)
	if err != nil {
		ps.add(change.owner(), "what is changed has no JSON form: %v", err)
		return changed, nil
	}
	count := len(ps.list)
	checkNulls(change, old, ps)
	merged, err := jsonpatch.MergePatch(before, change.appendJSON(nil))
	if err != nil {
		ps.add(change.owner(), "the change cannot be made: %v", err)
		return changed, nil
	}
	if tree, err = parseJSON(merged); err != nil {
		ps.add(change.owner(), "the change cannot be made: %v", err)
		return changed, nil
	}
	tree.placeLike(change)
	decoder{ps}.decode(tree, reflect.ValueOf(&changed).Elem())
	if len(ps.list) > count {
		return changed, nil
	}
	return changed, tree
}

// checkNulls reports each null that removes nothing, which is most often a
// name that is misspelt. old is what change is made to, nil where that has no
// such part.
func checkNulls(change, old *node, ps *problems) {
	for _, item := range change.items {
		if item.kind == isNull {
			ps.add(item.pos, "a null in a list; a change replaces a list as a whole, so leave the entry out")
		}
		checkNulls(item, nil, ps)
	}
	for _, f := range change.fields {
		var part *node
		var known []string
		if old != nil {
			part, known = old.get(f.name), old.names()
		}
		if f.value.kind == isNull && part == nil {
			ps.add(f.value.owner(), "null removes %q, which is not there%s", f.name, suggestion(f.name, known))
		}
		checkNulls(f.value, part, ps)
	}
}

// placeLike puts the nodes of a changed world where change brought them in,
// and those that it left alone at the nearest part of it around them.
func (n *node) placeLike(change *node) {
	n.pos, n.key = change.pos, change.key
	for i, item := range n.items {
		if i < len(change.items) {
			item.placeLike(change.items[i])
		}
	}
	for _, f := range n.fields {
		if part := change.get(f.name); part != nil {
			f.value.placeLike(part)
		} else {
			f.value.placeAt(change.owner())
		}
	}
}

func (n *node) placeAt(p position) {
	n.pos, n.key = p, p
	for _, item := range n.items {
		item.placeAt(p)
	}
	for _, f := range n.fields {
		f.value.placeAt(p)
	}
}
