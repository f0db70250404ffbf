package scenarios

import (
	_ "embed"
	"fmt"
	"go/version"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Wording is a stretch of text that older releases of Go print in other words,
// whatever it is that they report.
type Wording struct {
	Since  string `json:"since"`  // the first release that prints Says, without the prefix go
	Says   string `json:"says"`   // what it and later ones print
	Before string `json:"before"` // what earlier ones print in its place
	About  string `json:"about"`  // why it changed
}

//go:embed wordings.yaml
var wordingsFile []byte

// Wordings lists the changes of words, the newest first. They are read once a
// process and shared by all callers, who must not change them.
func Wordings() []Wording {
	list, err := wordings()
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	return list
}

var wordings = sync.OnceValues(func() ([]Wording, error) { return parseWordings("scenarios/wordings.yaml", wordingsFile) })

func parseWordings(file string, data []byte) ([]Wording, error) {
	ps := &problems{file: file}
	var root struct {
		Wordings []Wording `json:"wordings"`
	}
	n := parseYAML(data, ps)
	if n != nil {
		decoder{ps}.decode(n, reflect.ValueOf(&root).Elem())
	}
	for i, w := range root.Wordings {
		if !version.IsValid("go" + w.Since) {
			ps.add(n.find("wordings", fmt.Sprint(i), "since").pos, "%q is no release of Go; expected one such as 1.20", w.Since)
		}
	}
	if err := ps.err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(root.Wordings, func(a, b Wording) int { return version.Compare("go"+b.Since, "go"+a.Since) })
	return root.Wordings, nil
}

// In is e in the words of a release. What stands there in the words of an older
// release already stays as it is.
func (e Expectation) In(goVersion string) Expectation {
	for _, w := range Wordings() {
		if older(goVersion, "go"+w.Since) {
			e.Stderr, e.Stdout = w.undo(e.Stderr), w.undo(e.Stdout)
		}
	}
	return e
}

// undo gives lines the words of before the change.
func (w Wording) undo(lines Lines) Lines {
	var reworded Lines
	for _, line := range lines {
		reworded = append(reworded, strings.ReplaceAll(line, w.Says, w.Before))
	}
	return reworded
}
