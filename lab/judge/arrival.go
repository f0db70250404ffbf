package judge

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// Wanted are the modules of a world that command downloads when it succeeds,
// as path@version: those that it names, itself or a package of them.
func Wanted(command scenarios.Command, modules []string) []string {
	if len(command) < 2 || command[0] != "go" || !downloads(command[1:]) {
		return nil
	}
	var wanted []string
	for _, name := range modules {
		if slices.ContainsFunc(command, func(word string) bool { return names(word, name) }) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

// names says whether an argument is a module or a package in it.
func names(argument, module string) bool {
	packagePath, version, _ := strings.Cut(argument, "@")
	modulePath, of, _ := strings.Cut(module, "@")
	return version == of && (packagePath == modulePath || strings.HasPrefix(packagePath, modulePath+"/"))
}

func downloads(args []string) bool {
	switch args[0] {
	case "get", "install", "run":
		return true
	case "mod":
		return len(args) > 1 && args[1] == "download"
	}
	return false
}

// Arrival is what a command left in its module cache.
type Arrival struct {
	Different string // a module whose zip is another than the world's own
	Missing   string // a wanted module that is not there
}

// Why says what is wrong with an arrival; "" means that every module is there
// and is the right one.
func (a Arrival) Why() string {
	switch {
	case a.Different != "":
		return fmt.Sprintf("the zip of %s that arrived is not the one that the world serves", a.Different)
	case a.Missing != "":
		return fmt.Sprintf("the command succeeded but %s never arrived", a.Missing)
	}
	return ""
}

// Arrived compares the module zips of a module cache with those of store, and
// looks for those that are wanted. It tells of the first of each.
func Arrived(modcache string, wanted []string, store *servers.Store) (Arrival, error) {
	var arrival Arrival
	found := map[string]bool{}
	download := filepath.Join(modcache, "cache", "download")
	err := filepath.WalkDir(download, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".zip" {
			return skipMissing(err)
		}
		name, err := moduleOf(download, path)
		if err != nil {
			return err
		}
		found[name] = true
		same, err := sameZip(path, name, store)
		if err == nil && !same {
			arrival.Different = cmp.Or(arrival.Different, name)
		}
		return err
	})
	for _, name := range wanted {
		if !found[name] {
			arrival.Missing = cmp.Or(arrival.Missing, name)
		}
	}
	return arrival, err
}

// skipMissing lets a cache that was never made pass as an empty one.
func skipMissing(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// moduleOf reads a module's name off its place in the cache,
// PATH/@v/VERSION.zip with both escaped.
func moduleOf(download, path string) (string, error) {
	rel, err := filepath.Rel(download, path)
	if err != nil {
		return "", err
	}
	escaped, file, ok := strings.Cut(filepath.ToSlash(rel), "/@v/")
	if !ok {
		return "", fmt.Errorf("%s lies outside the layout of a module cache", path)
	}
	name, err := module.UnescapePath(escaped)
	if err != nil {
		return "", err
	}
	version, err := module.UnescapeVersion(strings.TrimSuffix(file, ".zip"))
	return name + "@" + version, err
}

// sameZip compares bytes, and where go made the zip itself from a repository,
// the hash of its files.
func sameZip(path, name string, store *servers.Store) (bool, error) {
	modulePath, version, _ := strings.Cut(name, "@")
	served, ok := store.Module(modulePath, version)
	if !ok {
		return false, nil
	}
	arrived, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if bytes.Equal(arrived, served.Zip) {
		return true, nil
	}
	sums, err := store.Sums(name)
	if err != nil {
		return false, err
	}
	hash, err := dirhash.HashZip(path, dirhash.Hash1)
	return err == nil && strings.HasSuffix(sums[0], " "+hash), err
}
