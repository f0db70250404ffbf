package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// parseJSON reads a JSON text into nodes without places.
func parseJSON(data []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readJSON(d)
}

func readJSON(d *json.Decoder) (*node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case bool:
		return &node{kind: isBool, text: fmt.Sprint(t)}, nil
	case json.Number:
		return &node{kind: isNumber, text: t.String()}, nil
	case string:
		return &node{kind: isText, text: t}, nil
	case json.Delim:
		if t == '[' {
			return readJSONList(d)
		}
		return readJSONMapping(d)
	}
	return &node{kind: isNull}, nil
}

func readJSONList(d *json.Decoder) (*node, error) {
	list := &node{kind: isList}
	for d.More() {
		item, err := readJSON(d)
		if err != nil {
			return nil, err
		}
		list.items = append(list.items, item)
	}
	_, err := d.Token()
	return list, err
}

func readJSONMapping(d *json.Decoder) (*node, error) {
	mapping := &node{kind: isMapping}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := readJSON(d)
		if err != nil {
			return nil, err
		}
		mapping.fields = append(mapping.fields, field{fmt.Sprint(name), value})
	}
	_, err := d.Token()
	return mapping, err
}
