package scenarios

import (
	"fmt"
	"go/version"
	"regexp"
	"strings"
)

// bound is one comparison of a range of releases.
type bound struct {
	below   bool   // < and not >=
	version string // with the prefix go
}

// parseRange reads comparisons that all must hold. There are two operators
// only: with <= and > it would be open whether 1.20 means all of 1.20.x.
func parseRange(text string) ([]bound, error) {
	var bounds []bound
	for word := range strings.FieldsSeq(text) {
		b := bound{below: strings.HasPrefix(word, "<")}
		b.version = "go" + strings.TrimPrefix(strings.TrimPrefix(word, "<"), ">=")
		if len(b.version) == len("go"+word) || !version.IsValid(b.version) {
			return nil, fmt.Errorf(`%q is no range of Go releases; expected comparisons with >= and <, such as ">=1.20" or ">=1.14 <1.20"`, text)
		}
		bounds = append(bounds, b)
	}
	for _, low := range bounds {
		for _, high := range bounds {
			if !low.below && high.below && version.Compare(low.version, high.version) >= 0 {
				return nil, fmt.Errorf("%q fits no Go release; swap its two ends", text)
			}
		}
	}
	return bounds, nil
}

// Fits says whether the release goVersion, such as go1.26.8 in runtime.Version's
// form, is one that e is about.
func (e Expectation) Fits(goVersion string) bool { return Fits(e.Go, goVersion) }

// Fits says whether a release lies within a range, as [Expectation.Go] has
// them. A version that is empty or unknown, such as that of a development tree,
// is taken for the newest release there is. An invalid range, which no loaded
// scenario has, fits nothing.
func Fits(releases, goVersion string) bool {
	bounds, err := parseRange(releases)
	if err != nil {
		return false
	}
	for _, b := range bounds {
		if older(goVersion, b.version) != b.below {
			return false
		}
	}
	return true
}

// older says whether a release is older than the version bound.
func older(goVersion, bound string) bool {
	goVersion, _, _ = strings.Cut(goVersion, " ")
	return version.IsValid(goVersion) && version.Compare(goVersion, bound) < 0
}

// overlap says whether some release lies within both of two ranges.
func overlap(first, second string) bool {
	_, err := parseRange(first + " " + second)
	return err == nil
}

// placeholder is a part of an expected text that stands for one that varies.
var placeholder = regexp.MustCompile(`\{[A-Za-z0-9._-]+\}`)

// placeholders lists what an expectation may hold in a world with these
// certificates.
func placeholders(certificates []string) []string {
	list := []string{"{now}", "{address}", "{home}", "{goos}", "{goarch}"}
	for _, name := range certificates {
		list = append(list, "{"+name+".not-after}", "{"+name+".not-before}")
	}
	return list
}
