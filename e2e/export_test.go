package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExportNginx(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "world")

	r := invoke(t, nil, "export", "nginx", "chain/missing-intermediate", "-o", dir)

	require.Equal(t, 0, r.exit, r.stderr)
	assert.Contains(t, r.stdout, "README.md says how to start it")
	assert.FileExists(t, filepath.Join(dir, "nginx.conf"))
	assert.Equal(t, 2, invoke(t, nil, "export", "nginx", "chain/missing-intermediate", "-o", dir).exit, "it is not empty")

	r = invoke(t, nil, "export", "nginx", "chain/missing-intermediate", "--fix", "send-the-chain", "-o", dir, "--force")
	require.Equal(t, 0, r.exit, r.stderr)
	assert.FileExists(t, filepath.Join(dir, "certs", "chain-proxy-intermediate.pem"))
	assert.NoFileExists(t, filepath.Join(dir, "certs", "chain-proxy.pem"))
}

func TestExportKubernetes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "job")
	r := invoke(t, nil, "export", "kubernetes", "--shards", "4", "--program", staticProgram(t), "-o", dir)
	require.Equal(t, 0, r.exit, r.stderr)
	job, err := os.ReadFile(filepath.Join(dir, "job.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(job), "completions: 4")
}

// staticProgram is a file that is a program for Linux as far as an export can
// tell: its header.
func staticProgram(t *testing.T) string {
	header := make([]byte, 64)
	copy(header, "\x7fELF\x02\x01\x01")
	header[16], header[18], header[20] = 2, 62, 1 // ET_EXEC, EM_X86_64, EV_CURRENT
	header[52], header[58] = 64, 64               // e_ehsize, e_shentsize
	file := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(file, header, 0o755))
	return file
}

func TestExportUsage(t *testing.T) {
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "mine"), nil, 0o600))
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755))
	tests := map[string]struct{ args, says []string }{
		"no folder":        {[]string{"nginx", "chain/missing-intermediate"}, []string{"output"}},
		"no scenario":      {[]string{"nginx", "-o", "x"}, []string{"arg"}},
		"unknown scenario": {[]string{"nginx", "chain/missing-intermediat", "-o", "x"}, []string{`"chain/missing-intermediate"`}},
		"unknown fix":      {[]string{"nginx", "chain/missing-intermediate", "--fix", "pray", "-o", "x"}, []string{"--fix pray", "send-the-chain"}},
		"a full folder":    {[]string{"nginx", "chain/missing-intermediate", "-o", full}, []string{full, "mine", "--force"}},
		"not an export":    {[]string{"nginx", "chain/missing-intermediate", "-o", full, "--force"}, []string{full, "no earlier export"}},
		"a file":           {[]string{"nginx", "chain/missing-intermediate", "-o", text}, []string{text}},
		"a middlebox":      {[]string{"nginx", "transport/reset-after-hello", "-o", "x"}, []string{"host proxy.corp.test", "behind", "nginx cannot express it"}},
		"a lookup":         {[]string{"compose", "network/nxdomain", "-o", "x", "--program", staticProgram(t)}, []string{"names", "Compose cannot express it"}},
		"a script":         {[]string{"compose", "chain/missing-intermediate", "-o", "x", "--program", text}, []string{"--program " + text, "CGO_ENABLED=0"}},
		"a bad address":    {[]string{"nginx", "chain/missing-intermediate", "-o", "x", "--listen", "here"}, []string{"--listen here"}},
		"no shards":        {[]string{"kubernetes", "-o", "x"}, []string{"shards"}},
		"no pods":          {[]string{"kubernetes", "-o", "x", "--shards", "0", "--program", staticProgram(t)}, []string{"--shards 0"}},
		"unknown target":   {[]string{"apache"}, []string{"apache"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, t.TempDir(), nil, append([]string{"export"}, test.args...)...)
			r := finish(t, cmd)
			assert.Equal(t, 2, r.exit, r.stderr)
			assert.Empty(t, r.stdout)
			for _, text := range test.says {
				assert.Contains(t, r.stderr, text)
			}
			left, err := os.ReadDir(cmd.Dir)
			require.NoError(t, err)
			assert.Empty(t, left, "nothing is written then")
		})
	}
}

func TestExportHelpStartsWithExamples(t *testing.T) {
	for _, target := range []string{"nginx", "compose", "kubernetes"} {
		r := invoke(t, nil, "export", target, "--help")
		assert.Equal(t, 0, r.exit)
		lines := strings.SplitN(r.stdout, "\n", 4)
		assert.True(t, strings.HasPrefix(lines[2], "  tlslab export "+target+" "), r.stdout)
	}
}

// The servers of an exported world say what is wrong with their folder.
func TestServeErrors(t *testing.T) {
	r := invoke(t, nil, "serve", t.TempDir(), "--host", "proxy.corp.test")
	assert.Equal(t, 2, r.exit)
	assert.Contains(t, r.stderr, "scenario.yaml")
	assert.NotContains(t, invoke(t, nil, "--help").stdout, "\n  serve ", "it is for containers")

	dir := filepath.Join(t.TempDir(), "world")
	r = invoke(t, nil, "export", "compose", "chain/missing-intermediate", "-o", dir, "--program", staticProgram(t))
	require.Equal(t, 0, r.exit, r.stderr)
	servers := filepath.Join(dir, "servers")
	assert.Contains(t, invoke(t, nil, "serve", servers, "--host", "other.test").stderr, "proxy.corp.test")
	assert.Contains(t, invoke(t, nil, "serve", servers, "--host", "proxy.corp.test", "--trial", "fix:pray").stderr, "--trial fix:pray")
	assert.Contains(t, invoke(t, nil, "serve", servers, "--host", "proxy.corp.test").stderr, "proxy.key", "it is not beside the certificate here")

	key := filepath.Join("keys", "proxy.corp.test", "proxy.key")
	require.NoError(t, os.Rename(filepath.Join(servers, key), filepath.Join(servers, "certificates", "proxy.key")))
	r = invoke(t, nil, "serve", servers, "--host", "proxy.corp.test")
	assert.Equal(t, 3, r.exit)
	assert.Contains(t, r.stderr, "first process of a container", "nothing listens on a person's machine")
}
