package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The harness must be able to fail: a go command that lies is found out.
func TestLyingGoDeviates(t *testing.T) {
	lies := map[string]string{
		"always succeeds": "exit 0",
		"always unknown authority": `echo 'go: example.test/hello@v1.0.0: Get "https://proxy.corp.test/example.test/hello/@v/v1.0.0.info": tls: failed to verify certificate: x509: certificate signed by unknown authority' >&2
exit 1`,
	}
	for name, script := range lies {
		for _, backend := range everywhere {
			t.Run(name+"/"+backend, func(t *testing.T) {
				t.Parallel()
				newLab(t, labOn(backend)) // skips where there is no such backend
				path := fakeGo(t, script)

				r := invoke(t, []string{"PATH=" + path}, "run", "--json", "--backend", backend)

				assert.Equal(t, 1, r.exit, r.stderr)
				trials := decodeTrials(t, r.stdout)
				require.NotEmpty(t, trials)
				for _, trial := range trials {
					if trial["verdict"] != "skipped" {
						assert.Equal(t, "deviates", trial["verdict"], "%s %s: a lie passed", trial["scenario"], trial["trial"])
						assert.NotEmpty(t, trial["why"])
					}
				}
			})
		}
	}
}

// fakeGo puts a shell script called go first on a PATH and returns the PATH.
func fakeGo(t testing.TB, script string) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	return dir + string(os.PathListSeparator) + os.Getenv("PATH")
}
