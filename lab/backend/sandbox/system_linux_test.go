package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

func TestExpresses(t *testing.T) {
	t.Parallel()
	if _, err := folders(); err != nil {
		t.Skip(err)
	}
	for _, test := range []struct {
		name  string
		world scenarios.World
		why   string // "" where it is expressed
	}{
		{"names and addresses", scenarios.World{Hosts: map[string]scenarios.Host{"proxy.corp.test": {}, "localhost": {}, "127.0.0.1": {}, "192.0.2.1": {}, "2001:db8::1": {}}}, ""},
		{"multicast", scenarios.World{Hosts: map[string]scenarios.Host{"224.0.0.1": {}}}, "host 224.0.0.1: no machine"},
		{"no address", scenarios.World{Hosts: map[string]scenarios.Host{"0.0.0.0": {}}}, "host 0.0.0.0: no machine"},
		{"a zone", scenarios.World{Hosts: map[string]scenarios.Host{"fe80::1%eth0": {}}}, "no machine"},
		{"files it can place", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{
			"$HOME/a": {}, "b": {}, storeFolder + "/a.pem": {}, storeFolder + "/new/a.pem": {}, "/etc/hosts": {}}}}, ""},
		{"a new file", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{"/opt/corp/ca.pem": {}}}}, "client file /opt/corp/ca.pem: this machine has no such file"},
		{"beside the store", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{storeFolder + "/../new.pem": {}}}}, "no such file"},
		{"a folder", scenarios.World{Client: scenarios.Client{Files: map[string]scenarios.File{"/etc": {}}}}, "not a regular file"},
	} {
		err := New().Expresses(&test.world)
		if test.why == "" {
			assert.NoError(t, err, test.name)
		} else {
			assert.ErrorContains(t, err, test.why, test.name)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	path := func(err error) error { return &os.PathError{Op: "fork/exec", Path: "/proc/self/exe", Err: err} }
	for _, test := range []struct {
		name     string
		err      error
		settings map[string]string
		why      string
	}{
		{"AppArmor", fmt.Errorf("mount /: permission denied: %w", syscall.EACCES), map[string]string{"kernel/apparmor_restrict_unprivileged_userns": "1"}, "sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
		{"Debian's switch", path(syscall.EPERM), map[string]string{"kernel/unprivileged_userns_clone": "0"}, "sysctl kernel.unprivileged_userns_clone=1"},
		{"seccomp", path(syscall.EPERM), nil, "--security-opt seccomp=unconfined"},
		{"masked proc", fmt.Errorf("mount /proc: operation not permitted: %w", syscall.EPERM), nil, "systempaths=unconfined"},
		{"no namespaces allowed", path(syscall.ENOSPC), map[string]string{"user/max_user_namespaces": "0"}, "sysctl user.max_user_namespaces="},
		{"no networks allowed", path(syscall.ENOSPC), map[string]string{"user/max_user_namespaces": "9", "user/max_net_namespaces": "0"}, "sysctl user.max_net_namespaces="},
		{"too many", path(syscall.ENOSPC), map[string]string{"user/max_user_namespaces": "9"}, "as many namespaces as"},
		{"an emulated kernel", path(syscall.ENOSYS), nil, "take another kernel"},
		{"an old kernel", path(syscall.EINVAL), nil, "take another kernel"},
		{"too slow", context.DeadlineExceeded, nil, "did not get ready in time"},
		{"no store", errNoStore, nil, "install ca-certificates"},
		{"anything else", errors.New("odd"), nil, "odd"},
	} {
		err := explain(test.err, func(name string) string { return test.settings[name] })
		assert.ErrorContains(t, err, test.why, test.name)
		assert.ErrorContains(t, err, test.err.Error(), test.name)
		assert.ErrorIs(t, err, test.err, test.name)
	}
	assert.Equal(t, "", kernelSetting("no/such/setting"))
	assert.NotEmpty(t, kernelSetting("kernel/ostype"))
}

func TestFilesAndDNS(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, machine, sandbox string }{
		{"replaced", "passwd: files\nhosts:  mymachines resolve [!UNAVAIL=return] files dns\nservices: db\n", "passwd: files\nhosts: files dns\nservices: db\n"},
		{"added", "passwd: files", "passwd: files\nhosts: files dns\n"},
		{"not a comment", "#hosts: x\n", "#hosts: x\nhosts: files dns\n"},
	} {
		assert.Equal(t, test.sandbox, filesAndDNS(test.machine), test.name)
	}
}

func TestResolveDir(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(dir+"/real", 0o700))
	require.NoError(t, os.Symlink("real", dir+"/link"))
	for name, want := range map[string]string{
		"/real/file": "/real/file", "/link/file": "/real/file", "/link/new/er/file": "/real/new/er/file", "/link": "/link", "/link/../link/x": "/real/x",
	} {
		assert.Equal(t, dir+want, resolveDir(dir+name), name)
	}
	assert.Equal(t, "/file", resolveDir("/file"))
}
