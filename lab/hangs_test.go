package lab

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// hanging is a scenario whose host takes a request and never answers.
const hanging = `title: The answer never comes
cause: stalled-answer
waits: 1s
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test:
      serves: modules
      presents: [leaf]
      tls: {alpn: [http/1.1]}
      behind: [{box: stall, at: response}]
  client:
    trusts: [root]
    run: go mod download example.test/hello@v1.0.0
fails:
  hangs: 1s
  request: GET /example.test/hello/@v/v1.0.0.info
`

// A command that hangs is killed and is as expected; one that ends, or that
// hangs before it has asked, is not.
func TestHangs(t *testing.T) {
	l := newTestLab(t)
	for name, test := range map[string]struct{ old, new, why string }{
		"hangs":                    {"", "", ""},
		"answers":                  {"box: stall, at: response", "box: slow, rate: 1000000", "0 of 1 runs failed"},
		"refuses":                  {"trusts: [root]", "trusts: []", "ended by itself with exit status 1"},
		"hangs in the handshake":   {"at: response", "at: hello", "expected \"GET /example.test/hello/@v/v1.0.0.info\" among it"},
		"is not expected to hang":  {"  hangs: 1s\n  request: GET /example.test/hello/@v/v1.0.0.info", "  - {hangs: 1s, request: GET /other}\n  - {stderr: EOF}", "had to be killed"},
		"asks for something other": {"v1.0.0.info", "v1.0.0.mod", "expected \"GET /example.test/hello/@v/v1.0.0.mod\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trial := play(t, l, strings.Replace(hanging, test.old, test.new, 1), "broken")
			if test.why == "" {
				assert.Equal(t, AsExpected, trial.Verdict, trial.Why)
				assert.Equal(t, Failed, trial.Outcome)
				assert.Equal(t, exitKilled, trial.Exit)
				return
			}
			assert.Equal(t, Deviates, trial.Verdict)
			assert.Contains(t, trial.Why, test.why)
		})
	}
}
