package scenarios

import (
	_ "embed"
	"fmt"
	"go/version"
	"maps"
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

// Setting is a form of an environment variable that some releases of Go refuse,
// whatever the world is like. They print it before they connect to any host.
type Setting struct {
	Since  string `json:"since,omitempty"` // the first release that takes it, without the prefix go; empty means all that came before Until
	Until  string `json:"until,omitempty"` // the first release that refuses it again; empty means none does
	Env    string `json:"env"`             // the variable, a list with commas
	Prints string `json:"prints"`          // what the others print; {entry} is the entry that they refuse, {name} and {value} are what stands before and after its =
	About  string `json:"about"`           // why it is refused

	// Holds is what an address in the list holds in this form, before its
	// path. Empty means that Entries tells the form.
	Holds string `json:"holds,omitempty"`

	// Entries are entries that have this form, to the letter.
	Entries []string `json:"entries,omitempty"`
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
	check := func(release string, at ...string) {
		if !version.IsValid("go" + release) {
			ps.add(n.find(at...).pos, "%q is no release of Go; expected one such as 1.20", release)
		}
	}
	for i, w := range root.Wordings {
		check(w.Since, "wordings", fmt.Sprint(i), "since")
	}
	for i, s := range root.Settings {
		at := n.find("settings", fmt.Sprint(i))
		if s.Since != "" || s.Until == "" {
			check(s.Since, "settings", fmt.Sprint(i), "since")
		}
		if s.Until != "" {
			check(s.Until, "settings", fmt.Sprint(i), "until")
		}
		if (s.Holds == "") == (len(s.Entries) == 0) {
			ps.add(at.pos, "a setting's form is told by holds or by entries; write one of the two")
		}
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

// Refused is what a release prints of the first setting of w's client that it
// refuses; nil where it takes them all. No host is reached then.
func (w World) Refused(goVersion string) Expectations {
	for _, env := range slices.Sorted(maps.Keys(w.Client.Env)) {
		for entry := range strings.SplitSeq(w.Client.Env[env], ",") {
			for _, s := range Settings() {
				if s.Env == env && s.is(entry) && !s.takenBy(goVersion) {
					return Expectations{{Stderr: Lines{s.says(entry)}, Server: NoServer}}
				}
			}
		}
	}
	return nil
}

// takenBy says whether a release takes settings of this form.
func (s Setting) takenBy(goVersion string) bool {
	return (s.Since == "" || !older(goVersion, "go"+s.Since)) && (s.Until == "" || older(goVersion, "go"+s.Until))
}

// is says whether an entry of the variable's list has this form.
func (s Setting) is(entry string) bool {
	if s.Holds == "" {
		return slices.Contains(s.Entries, entry)
	}
	// In the path of an address they take any character.
	_, rest, _ := strings.Cut(entry, "://")
	before, _, ok := strings.Cut(rest, s.Holds)
	return ok && !strings.Contains(before, "/")
}

// says is what is printed of an entry.
func (s Setting) says(entry string) string {
	name, value, _ := strings.Cut(entry, "=")
	return strings.NewReplacer("{entry}", entry, "{name}", name, "{value}", value).Replace(s.Prints)
}
