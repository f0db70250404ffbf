package lab

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// truthful is a scenario of which every word is true.
const truthful = `title: The root is not trusted
cause: private-ca-untrusted
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
  client:
    run: go get example.test/hello@v1.0.0
fails:
  stderr: "tls: failed to verify certificate: x509: certificate signed by unknown authority"
  server: "remote error: tls: bad certificate"
fixes:
  trust-the-root:
    title: Install the root
    by: client
    change: {client: {trusts: [root]}}
  plain-http:
    title: Speak HTTP without TLS
    by: server
    change:
      hosts: {proxy.corp.test: {listens: {80: http}}}
      client: {env: {GOPROXY: "http://proxy.corp.test"}}
    unsafe: [impostor]
  trust-and-check-nothing:
    title: Install the root and switch the checksum database off
    by: client
    change: {client: {trusts: [root], env: {GOSUMDB: "off"}}}
    unsafe: [tampering]
myths:
  gosumdb-off:
    claim: GOSUMDB=off helps
    change: {client: {env: {GOSUMDB: "off"}}}
`

func newTestLab(t *testing.T) *Lab {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	l, err := New(t.Context(), Options{Backend: "host"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func play(t *testing.T, l *Lab, text, name string) Trial {
	s, err := scenarios.Parse("case.yaml", []byte(text))
	require.NoError(t, err)
	for _, c := range Cases(s) {
		if c.Name() == name {
			trial, err := l.Play(t.Context(), c)
			require.NoError(t, err)
			return trial
		}
	}
	require.FailNow(t, "no such trial", name)
	return Trial{}
}

func TestTruthPasses(t *testing.T) {
	l := newTestLab(t)
	for name, want := range map[string]struct {
		Outcome
		impostor, tampering Defence
	}{
		"broken":                      {Failed, "", ""},
		"fix:trust-the-root":          {Succeeded, Refused, Refused},
		"fix:plain-http":              {Succeeded, Accepted, Refused},
		"fix:trust-and-check-nothing": {Succeeded, Refused, Accepted},
		"myth:gosumdb-off":            {Failed, "", ""},
	} {
		trial := play(t, l, truthful, name)
		assert.Equal(t, AsExpected, trial.Verdict, "%s: %s", name, trial.Why)
		assert.Equal(t, want.Outcome, trial.Outcome, name)
		assert.Equal(t, want.impostor, trial.Impostor, name)
		assert.Equal(t, want.tampering, trial.Tampering, name)
	}
}

// Every untruth in a file is found by the trial that concerns it.
func TestUntruthDeviates(t *testing.T) {
	l := newTestLab(t)
	tests := map[string]struct {
		old, new string // of truthful
		trial    string
		why      string
	}{
		"another text":                  {"unknown authority\"", "unknown authorities\"", "broken", "does not end a line"},
		"another text at the server":    {"bad certificate", "unknown certificate", "broken", `expected "remote error: tls: unknown certificate"`},
		"a world that works":            {"  client:\n    run", "  client:\n    trusts: [leaf]\n    run", "broken", "0 of 1 runs failed"},
		"a fix that ends nothing":       {"change: {client: {trusts: [root]}}", "change: {client: {trusts: [leaf], env: {SSL_CERT_DIR: /nonexistent, SSL_CERT_FILE: /nonexistent}}}", "fix:trust-the-root", "expected success, exited 1"},
		"an unsafe fix called safe":     {"    unsafe: [impostor]\n", "", "fix:plain-http", "impostor gets through"},
		"tampering that goes unsaid":    {"    unsafe: [tampering]\n", "", "fix:trust-and-check-nothing", "tampering gets through"},
		"a safe fix called unsafe":      {"    change: {client: {trusts: [root]}}", "    change: {client: {trusts: [root]}}\n    unsafe: [impostor, tampering]", "fix:trust-the-root", "lists impostor under unsafe, but it is refused"},
		"a myth that helps":             {"env: {GOSUMDB: \"off\"}}}\n", "trusts: [root]}}\n", "myth:gosumdb-off", "0 of 1 runs failed"},
		"a myth with another text":      {"    change: {client: {env: {GOSUMDB: \"off\"}}}\n", "    change: {client: {env: {GOPROXY: \"off\"}}}\n", "myth:gosumdb-off", "does not end a line"},
		"a preparation that goes wrong": {"    run: go get", "    before: [go env -w NONSENSE=1]\n    run: go get", "broken", "before the command"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := strings.LastIndex(truthful, test.old)
			if test.trial == "broken" {
				at = strings.Index(truthful, test.old)
			}
			require.GreaterOrEqual(t, at, 0, "the text to change is not there")
			text := truthful[:at] + test.new + truthful[at+len(test.old):]

			trial := play(t, l, text, test.trial)

			assert.Equal(t, Deviates, trial.Verdict)
			assert.Contains(t, trial.Why, test.why)
		})
	}
}

// A scenario that says that go is deceived is held to it, and so are its fixes.
func TestAcceptedTampering(t *testing.T) {
	const deceived = `title: A gateway changes modules and nothing compares them
cause: checksum-mismatch
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
    gateway: {ca: true, subject: CN=Corp Gateway CA}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
    gateway.corp.test:
      serves: proxy
      listens: {3128: http}
      proxy: {intercepts: ["*"], signs-with: gateway, trusts: [root], tampers: true}
  client:
    trusts: [gateway]
    env: {HTTPS_PROXY: "http://gateway.corp.test:3128", GOSUMDB: "off"}
    run: go mod download example.test/hello@v1.0.0
succeeds: Nothing is compared.
accepts-tampering: true
fixes:
  hand-on:
    title: Hand modules on as they are
    by: network
    change: {hosts: {gateway.corp.test: {proxy: {tampers: false, http2: true}}}}
    unsafe: [tampering]
myths:
  longer-timeout:
    claim: More patience helps
    change: {client: {env: {PATIENCE: "more"}}}
`
	l := newTestLab(t)
	for name, test := range map[string]struct{ old, new, trial, why string }{
		"as it says":                 {"", "", "broken", ""},
		"its fix":                    {"", "", "fix:hand-on", ""},
		"its myth":                   {"", "", "myth:longer-timeout", ""},
		"a myth that helps":          {`{client: {env: {PATIENCE: "more"}}}`, `{hosts: {gateway.corp.test: {proxy: {tampers: false}}}}`, "myth:longer-timeout", "the right module arrived"},
		"the right module arrives":   {"tampers: true", "copies-dates: true", "broken", "the right module arrived"},
		"go notices":                 {", GOSUMDB: \"off\"", "", "broken", "expected success, exited 1"},
		"a deception that is unsaid": {"accepts-tampering: true\n", "", "broken", "is not the one that the world serves"},
	} {
		trial := play(t, l, strings.Replace(deceived, test.old, test.new, 1), test.trial)
		if test.why == "" {
			assert.Equal(t, AsExpected, trial.Verdict, "%s: %s", name, trial.Why)
			continue
		}
		assert.Equal(t, Deviates, trial.Verdict, name)
		assert.Contains(t, trial.Why, test.why, name)
	}
}

// What a backend cannot express is skipped with the reason, and never passed.
func TestSkipped(t *testing.T) {
	l := newTestLab(t)
	trial := play(t, l, strings.Replace(truthful, "run: go get example.test/hello@v1.0.0", "run: update-ca-certificates", 1), "broken")
	assert.Equal(t, Skipped, trial.Verdict)
	assert.NotEmpty(t, trial.Why)
	assert.Empty(t, trial.Outcome)

	unknown := strings.Replace(truthful, "fails:\n", "fails:\n  go: \"<1.2\"\n", 1)
	trial = play(t, l, unknown, "broken")
	assert.Equal(t, Skipped, trial.Verdict)
	assert.Contains(t, trial.Why, "does not say what "+l.Tool().Version)

	missing := strings.Replace(truthful, "run: go get example.test/hello@v1.0.0", "run: no-such-program x", 1)
	trial = play(t, l, missing, "broken")
	assert.Equal(t, Skipped, trial.Verdict)
	assert.Contains(t, trial.Why, "no-such-program is not on PATH")
}
