package e2e

import (
	"os"
	"path/filepath"
	"strings"
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
				played, told := 0, 0
				for _, trial := range trials {
					if trial["verdict"] != "skipped" {
						played++
					}
					if trial["verdict"] != "skipped" && tells(trial["command"].(string)) {
						told++
						assert.Equal(t, "deviates", trial["verdict"], "%s %s: a lie passed", trial["scenario"], trial["trial"])
						assert.NotEmpty(t, trial["why"])
					}
				}
				assert.Greater(t, told*10, played*8, "%d of %d trials can tell a lie", told, played)
			})
		}
	}
}

// tells says whether a command's success shows: it is go's, and names a version
// of a module that must then have arrived. The success of others, such as go
// mod tidy's or curl's, is their exit status alone.
func tells(command string) bool {
	for _, downloads := range []string{"go get ", "go install ", "go run ", "go mod download "} {
		if strings.HasPrefix(command, downloads) && strings.Contains(command, "@v") {
			return true
		}
	}
	return false
}

// fakeGo puts a shell script called go first on a PATH and returns the PATH.
func fakeGo(t testing.TB, script string) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	return dir + string(os.PathListSeparator) + os.Getenv("PATH")
}
