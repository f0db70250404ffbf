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
// or an alert in whose place they send another, whatever it is that they report.
type Wording struct {
	Since  string `json:"since"`            // the first release that prints Says, without the prefix go
	Says   string `json:"says"`             // what it and later ones print
	Before string `json:"before,omitempty"` // what earlier ones print in its place, if anything
	About  string `json:"about"`            // why it changed

	// First says that Says stands at the beginning of what is printed. The
	// zero value means anywhere.
	First bool `json:"first,omitempty"`
}

// Setting is a form of an environment variable that older releases of Go do not
// know and refuse, whatever the world is like.
type Setting struct {
	Since  string `json:"since"`  // the first release that knows it, without the prefix go
	Env    string `json:"env"`    // the variable
	Holds  string `json:"holds"`  // what its value holds in this form
	Prints string `json:"prints"` // what earlier ones print; {value} is the entry that holds it, between commas
	About  string `json:"about"`  // what was there before
}

// byRelease is what releases.yaml holds.
type byRelease struct {
	Wordings []Wording `json:"wordings"`
	Settings []Setting `json:"settings"`
}

//go:embed releases.yaml
var releasesFile []byte

// Wordings lists the changes of words, the newest first. They are read once a
// process and shared by all callers, who must not change them.
func Wordings() []Wording { return releases().Wordings }

// Settings lists the forms of settings that not all releases know. They are
// read once a process and shared by all callers, who must not change them.
func Settings() []Setting { return releases().Settings }

var releases = sync.OnceValue(func() byRelease {
	file, err := parseReleases("scenarios/releases.yaml", releasesFile)
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	return file
})

func parseReleases(file string, data []byte) (byRelease, error) {
	ps := &problems{file: file}
	var root byRelease
	n := parseYAML(data, ps)
	if n != nil {
		decoder{ps}.decode(n, reflect.ValueOf(&root).Elem())
	}
	check := func(list string, i int, since string) {
		if !version.IsValid("go" + since) {
			ps.add(n.find(list, fmt.Sprint(i), "since").pos, "%q is no release of Go; expected one such as 1.20", since)
		}
	}
	for i, w := range root.Wordings {
		check("wordings", i, w.Since)
	}
	for i, s := range root.Settings {
		check("settings", i, s.Since)
	}
	slices.SortStableFunc(root.Wordings, func(a, b Wording) int { return version.Compare("go"+b.Since, "go"+a.Since) })
	return root, ps.err()
}

// In is e in the words of a release. What stands there in the words of an older
// release already stays as it is.
func (e Expectation) In(goVersion string) Expectation {
	for _, w := range Wordings() {
		if older(goVersion, "go"+w.Since) {
			e.Stderr, e.Stdout = w.undo(e.Stderr), w.undo(e.Stdout)
			if strings.HasPrefix(e.Server, alert) {
				e.Server = strings.ReplaceAll(e.Server, w.Says, w.Before)
			}
		}
	}
	return e
}

// alert is what stands before an alert of the client in a server's words. The
// others are the server's own, which is the same for every release.
const alert = "remote error: "

// quoted is what stands before words of the server, which go repeats as they
// are.
const quoted = "server response: "

// undo gives lines the words of before the change.
func (w Wording) undo(lines Lines) Lines {
	var reworded Lines
	for _, line := range lines {
		if strings.HasPrefix(line, quoted) {
			reworded = append(reworded, line)
			continue
		}
		if rest, ok := strings.CutPrefix(line, w.Says); w.First && ok {
			line = w.Before + rest
		} else if !w.First {
			line = strings.ReplaceAll(line, w.Says, w.Before)
		}
		reworded = append(reworded, line)
	}
	return reworded
}

// Refused is what a release prints of a setting of w's client that it does not
// know; nil where it knows them all. No host is reached then.
func (w World) Refused(goVersion string) Expectations {
	for _, s := range Settings() {
		if !older(goVersion, "go"+s.Since) {
			continue
		}
		for entry := range strings.SplitSeq(w.Client.Env[s.Env], ",") {
			// In the path of an address they take any character.
			_, rest, _ := strings.Cut(entry, "://")
			if before, _, ok := strings.Cut(rest, s.Holds); ok && !strings.Contains(before, "/") {
				return Expectations{{Stderr: Lines{strings.ReplaceAll(s.Prints, "{value}", entry)}, Server: NoServer}}
			}
		}
	}
	return nil
}
