package servers

import (
	"fmt"
	"go/token"
	"path"
	"strings"
	"unicode"

	"golang.org/x/mod/module"
)

const license = `Made by a test lab. No rights reserved (CC0 1.0).
`

// packageFiles are the files of an ordinary module: a package named after the
// path, and a command that prints the module's version. Nothing is imported
// from the standard library, so that building them takes no time.
func packageFiles(m Module, tampered bool) []file {
	name := packageName(m.Path)
	source := fmt.Sprintf(`// Package %[1]s is what %[2]s holds.
package %[1]s

// Version is the version of the module that this package came in.
const Version = %[3]q
`, name, m, m.Version)
	if tampered {
		source += `
// Tampered is only in a zip that somebody has changed on its way.
const Tampered = true
`
	}
	command := fmt.Sprintf(`// Command %[1]s prints the version of its module.
package main

import %[1]s %[2]q

func main() { println(%[1]s.Version) }
`, name, m.Path)
	return []file{
		{"LICENSE", []byte(license)},
		{"cmd/" + name + "/main.go", []byte(command)},
		{"go.mod", m.Mod},
		{"version.go", []byte(source)},
	}
}

// packageName is the last element of a module path without its major version,
// made an identifier.
func packageName(modulePath string) string {
	prefix, _, _ := module.SplitPathVersion(modulePath)
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, path.Base(prefix))
	if !token.IsIdentifier(name) || name == "main" || name == "_" {
		return "pkg_" + name
	}
	return name
}
