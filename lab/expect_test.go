package lab

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/scenarios"
)

// byRelease is a scenario that says different things of several releases. Of
// the real ones it says nothing true.
const byRelease = `title: Releases differ
cause: private-ca-untrusted
needs: {go: ">=1.13", because: Older ones have no modules.}
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
  client:
    run: go get example.test/hello@v1.0.0
fails:
  - {go: ">=1.18", stderr: "tls: failed to verify certificate: x509: certificate signed by unknown authority"}
  - {go: ">=1.15 <1.18", succeeds: These do not look.}
fixes:
  trust-the-root:
    title: Install the root
    by: client
    go: ">=1.19 <1.99"
    fails: {go: "<1.18.5", stderr: "x509: another"}
    change: {client: {trusts: [root]}}
myths:
  sumdb-off:
    claim: GOSUMDB=off helps
    change: {client: {env: {GOSUMDB: "off"}}}
    fails:
      - {go: ">=1.22", stderr: "x509: own"}
      - {go: ">=1.20 <1.22", succeeds: It helped.}
`

func TestExpected(t *testing.T) {
	t.Parallel()
	const (
		today  = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
		before = "x509: certificate signed by unknown authority"
		works  = ""
	)
	s, err := scenarios.Parse("case.yaml", []byte(byRelease))
	require.NoError(t, err)
	for release, want := range map[string][3]string{ // broken, fix, myth; with a space: the reason of a skip
		"go1.12":   {" takes go >=1.13", " Older ones have", " takes go >=1.13"},
		"go1.14.5": {" does not say what go1.14.5", "x509: another", " does not say"},
		"go1.16":   {works, " nothing to end", works},
		"go1.18":   {before, "x509: another", before},
		"go1.18.9": {before, before, before},
		"go1.19":   {before, works, before},
		"go1.20":   {today, works, works},
		"go1.23":   {today, works, "x509: own"},
		"go1.99":   {today, today, "x509: own"},
		"devel":    {today, today, "x509: own"},
	} {
		for i, c := range Cases(s) {
			expected, skip := c.expected(release)
			if reason, skipped := strings.CutPrefix(want[i], " "); skipped {
				assert.ErrorContains(t, skip, reason, "%s %s", release, c.Name())
				continue
			}
			assert.NoError(t, skip, "%s %s", release, c.Name())
			var text string
			for _, e := range expected {
				text += e.Stderr[0]
			}
			assert.Equal(t, want[i], text, "%s %s", release, c.Name())
		}
	}
}

// What a file says of releases is held against the one that is played.
func TestReleasesAreMeasured(t *testing.T) {
	l := newTestLab(t)
	const worksWith = `go: ">=1.19 <1.99"
    fails: {go: "<1.18.5", stderr: "x509: another"}`
	for _, test := range []struct {
		old, new, trial string
		Verdict
		Outcome
		why string
	}{
		{"", "", Broken, AsExpected, Failed, ""},
		{"", "", "fix:trust-the-root", AsExpected, Succeeded, ""},
		{worksWith, `go: "<1.14"`, "fix:trust-the-root", Deviates, Succeeded, "0 of 1 runs failed"},
		{worksWith + "\n    change: {client: {trusts: [root]}}", `go: "<1.14"` + "\n    change: {client: {env: {A: B}}}", "fix:trust-the-root", AsExpected, Failed, ""},
		{`go: ">=1.18", stderr`, `go: "<1.15", stderr`, Broken, Skipped, "", "does not say"},
		{`go: ">=1.15 <1.18", succeeds`, `go: ">=1.15", succeeds`, Broken, Deviates, Failed, "expected success"},
		{`needs: {go: ">=1.13"`, `needs: {go: "<1.13"`, "myth:sumdb-off", Skipped, "", "Older ones"},
	} {
		require.Contains(t, byRelease, test.old)
		text := strings.Replace(byRelease, test.old, test.new, 1)
		if strings.Contains(test.new, `go: ">=1.15", succeeds`) {
			text = strings.Replace(text, `go: ">=1.18", stderr`, `go: "<1.15", stderr`, 1)
		}
		trial := play(t, l, text, test.trial)
		assert.Equal(t, test.Verdict, trial.Verdict, "%s: %s", test.new, trial.Why)
		assert.Equal(t, test.Outcome, trial.Outcome, test.new)
		assert.Contains(t, trial.Why, test.why, test.new)
	}
}
