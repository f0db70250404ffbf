package sandbox

import (
	"crypto/x509/pkix"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

const (
	curl    = "curl -sS https://proxy.corp.test/"
	openssl = "openssl s_client -verify_return_error -brief -connect proxy.corp.test:443 </dev/null"
)

func TestUpdateCACertificates(t *testing.T) {
	t.Parallel()
	backendtest.Need(t, "update-ca-certificates", "curl", "openssl")
	before, err := os.ReadDir(storeFolder)
	require.NoError(t, err)

	m, _ := backendtest.Trusting(t, closing(t), false, backend.Plan{Files: map[string][]byte{localFolder + "/corp.crt": nil}})
	exit, _ := backendtest.Shell(t, m, curl)
	assert.Equal(t, 60, exit)
	exit, output := backendtest.Shell(t, m, "update-ca-certificates")
	require.Zero(t, exit, output)
	assert.Contains(t, output, "1 added, 0 removed", "the world's own root is there already")
	_, output = backendtest.Shell(t, m, curl)
	assert.Equal(t, "proxy.corp.test/\n", output)
	_, output = backendtest.Shell(t, m, openssl)
	assert.Contains(t, output, "Verification: OK")
	_, output = backendtest.Shell(t, m, "grep -c BEGIN "+storeFolder+"/"+backend.BundleName)
	assert.Equal(t, "2\n", output, "nothing but the world's root and the one added")

	exit, output = backendtest.Shell(t, m, "update-ca-certificates --fresh")
	require.Zero(t, exit, output)
	_, output = backendtest.Shell(t, m, "grep -c BEGIN "+storeFolder+"/"+backend.BundleName)
	assert.Equal(t, "2\n", output)

	after, err := os.ReadDir(storeFolder)
	require.NoError(t, err)
	assert.Len(t, after, len(before), "the machine's own store")
}

func TestEmptyStore(t *testing.T) {
	t.Parallel()
	m := open(t, backend.Plan{})
	_, output := backendtest.Shell(t, m, "find -L "+storeFolder+" -type f; wc -c <"+storeFolder+"/"+backend.BundleName)
	assert.Equal(t, storeFolder+"/"+backend.BundleName+"\n0\n", output)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	machines, err := os.ReadFile(hostsFile)
	require.NoError(t, err)
	big := []byte(strings.Repeat("line\n", 100<<10)) // more than a message holds
	m := open(t, backend.Plan{Files: map[string][]byte{
		storeFolder + "/deep/er/corp.pem": []byte("corp\n"),
		storeFolder + "/big":              big,
		"/etc/passwd":                     []byte("replaced\n"),
		hostsFile:                         []byte("192.0.2.1 own\n"),
	}})
	_, output := backendtest.Shell(t, m, "cat "+storeFolder+"/deep/er/corp.pem /etc/passwd "+hostsFile+"; wc -c <"+storeFolder+"/big")
	assert.Equal(t, "corp\nreplaced\n192.0.2.1 own\n512000\n", output)

	unchanged, err := os.ReadFile(hostsFile)
	require.NoError(t, err)
	assert.Equal(t, string(machines), string(unchanged))
}

func BenchmarkOpen(b *testing.B) {
	root, _ := backendtest.Authority(b, pkix.Name{CommonName: "Corp Root CA"}, "proxy.corp.test")
	plan := backend.Plan{Roots: [][]byte{root}, Addresses: []backend.Address{{Host: "proxy.corp.test", Port: "443"}, {Host: "sum.corp.test", Port: "443"}}}
	box := closing(b)
	backendtest.Open(b, box, plan)
	plan.Dir = b.TempDir()
	for b.Loop() {
		m, err := box.Open(b.Context(), plan)
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, m.Close())
		b.StartTimer()
	}
}

func BenchmarkClose(b *testing.B) {
	box := closing(b)
	backendtest.Open(b, box, backend.Plan{})
	dir := b.TempDir()
	for b.Loop() {
		b.StopTimer()
		m, err := box.Open(b.Context(), backend.Plan{Dir: dir})
		require.NoError(b, err)
		b.StartTimer()
		require.NoError(b, m.Close())
	}
}
