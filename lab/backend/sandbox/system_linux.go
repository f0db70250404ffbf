package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	storeFolder  = "/etc/ssl/certs"
	localFolder  = "/usr/local/share/ca-certificates"
	sharedFolder = "/usr/share/ca-certificates"
	sharedConf   = "/etc/ca-certificates.conf"

	hostsFile    = "/etc/hosts"
	resolverFile = "/etc/resolv.conf"
	nssFile      = "/etc/nsswitch.conf"
)

// hidden are the folders that each sandbox has its own of, where the machine
// has them: the system's trust store and what update-ca-certificates(8) makes
// it from, the hooks it would run, and the cache that answers for DNS.
var hidden = []string{
	storeFolder,
	"/etc/pki/tls/certs", // Fedora; go reads it beside the store
	localFolder,
	sharedFolder,
	"/etc/ca-certificates/update.d",
	"/run/nscd",
}

// bundles are the files in which programs look for the system's trust store
// on one system or another (certFiles in crypto/x509/root_linux.go).
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// replaced are the files, besides the bundles, that each sandbox has its own
// of.
var replaced = []string{hostsFile, resolverFile, nssFile, sharedConf}

var errNoStore = errors.New("this machine has no folder " + storeFolder +
	" to put a trust store in: install ca-certificates, or `mkdir -p " + storeFolder + "`")

// folders are the resolved paths of hidden that exist, each once.
func folders() ([]string, error) {
	var found []string
	for _, name := range hidden {
		resolved, err := filepath.EvalSymlinks(name)
		if err == nil && isDir(resolved) && !slices.Contains(found, resolved) {
			found = append(found, resolved)
		}
	}
	if store, err := filepath.EvalSymlinks(storeFolder); err != nil || !slices.Contains(found, store) {
		return nil, errNoStore
	}
	return found, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// below says whether file, a resolved path, is in one of folders.
func below(folders []string, file string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return strings.HasPrefix(file, folder+"/")
	})
}

// resolveDir resolves the links of the folders that lead to file, as far as
// they exist.
func resolveDir(file string) string {
	dir, base := path.Split(path.Clean(file))
	dir = path.Clean(dir)
	if resolved, err := filepath.EvalSymlinks(dir); err == nil {
		return path.Join(resolved, base)
	}
	if dir == "/" {
		return file
	}
	return path.Join(resolveDir(dir), base)
}

// placeable says whether a world can put a file at name: in a folder of the
// sandbox's own or in place of a file that exists.
func placeable(name string) error {
	own, err := folders()
	if err != nil {
		return err
	}
	if below(own, resolveDir(name)) {
		return nil
	}
	switch info, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("this machine has no such file that the sandbox could replace; put it below $HOME or one of %s",
			strings.Join(own, ", "))
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("what this machine has there is not a regular file")
	}
	return nil
}

var hostsLine = regexp.MustCompile(`(?m)^[ \t]*hosts:.*$`)

// filesAndDNS is the name service switch of this machine, with host names
// looked up in /etc/hosts and by DNS alone: other services, such as
// nss-resolve(8), would ask a daemon outside.
func filesAndDNS(nsswitch string) string {
	const only = "hosts: files dns"
	if hostsLine.MatchString(nsswitch) {
		return hostsLine.ReplaceAllLiteralString(nsswitch, only)
	}
	return strings.TrimRight(nsswitch, "\n") + "\n" + only + "\n"
}
