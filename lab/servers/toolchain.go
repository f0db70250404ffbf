package servers

import (
	"errors"
	"fmt"
	"regexp"
)

// toolchainPath is the module that cmd/go downloads toolchains as
// (https://go.dev/doc/toolchain#download).
const toolchainPath = "golang.org/toolchain"

const standIn = "This toolchain is a stand-in: bin/go prints its version and does nothing else.\n"

var toolchainVersion = regexp.MustCompile(`^v0\.0\.1-(go1\.\d+(?:\.\d+|rc\d+|beta\d+)?(?:-[0-9A-Za-z-]+)?)\.([a-z0-9]+)-([a-z0-9]+)$`)

// toolchainFiles are the files of a stand-in for a toolchain. Its bin/go is a
// shell script that prints what "go version" prints and does nothing else,
// whatever it is asked. It runs where #! does, which is not on Windows. When
// cmd/go has unpacked a toolchain it makes the files of bin, lib and pkg/tool
// executable (cmd/go/internal/toolchain.Exec) and fails where one is missing.
func toolchainFiles(m Module, tampered bool) ([]file, error) {
	parts := toolchainVersion.FindStringSubmatch(m.Version)
	if parts == nil {
		return nil, errors.New("expected a toolchain version v0.0.1-goX.Y.Z.GOOS-GOARCH")
	}
	release := parts[1]
	script := fmt.Sprintf("#!/bin/sh\necho go version %s %s/%s\n", release, parts[2], parts[3])
	if tampered {
		script += "echo tampered\n"
	}
	return []file{
		{"LICENSE", []byte(license)},
		{"VERSION", []byte(release + "\n")},
		{"bin/go", []byte(script)},
		{"bin/gofmt", []byte(script)},
		{"lib/README", []byte(standIn)},
		{"pkg/tool/README", []byte(standIn)},
	}, nil
}
