// Package toolchain fetches releases of Go and keeps them. They come as the
// module golang.org/toolchain through the user's own module proxy, fetched by a
// go command that is there already, which verifies them with the checksum
// database (https://go.dev/doc/toolchain#download). They are kept in a cache of
// the lab's own, so that the user's module cache stays as it is.
package toolchain

import (
	"go/version"
	"slices"
	"strings"
)

// Parse reads a release as people write it, 1.14.15 or go1.14.15, and returns
// it with the prefix. What is no release is not ok.
func Parse(word string) (release string, ok bool) {
	release = "go" + strings.TrimPrefix(word, "go")
	return release, version.IsValid(release)
}

// nearest are the releases of known that somebody may have meant with release:
// the newest of the same line, such as 1.14, else the neighbours.
func nearest(release string, known []string) []string {
	known = slices.SortedFunc(slices.Values(known), version.Compare)
	var below, above string
	for _, k := range known {
		switch {
		case version.Compare(k, release) < 0:
			below = k
		case above == "":
			above = k
		}
	}
	for i := len(known) - 1; i >= 0; i-- {
		if version.Lang(known[i]) == version.Lang(release) {
			return known[i : i+1]
		}
	}
	return slices.DeleteFunc([]string{below, above}, func(s string) bool { return s == "" })
}
