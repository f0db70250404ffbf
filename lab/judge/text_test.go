package judge

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
)

const prefix = `go: example.test/hello@v1.0.0: Get "https://proxy.corp.test/example.test/hello/@v/v1.0.0.info": `

func TestMissing(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	set, err := certgen.Generate(map[string]certgen.Spec{"leaf": {NotBefore: "-3d", NotAfter: "-1d"}}, now)
	require.NoError(t, err)
	ctx := Context{Set: set, Home: "/tmp/tlslab-1/home", Start: now, End: now.Add(2 * time.Second)}
	const unknown = "x509: certificate signed by unknown authority"

	tests := map[string]struct {
		expected, output string
		found            bool
	}{
		"the whole line":                          {unknown, unknown, true},
		"behind the URL":                          {unknown, prefix + unknown, true},
		"among other lines":                       {unknown, "go: downloading x\r\n" + prefix + unknown + "\r\nmore\n", true},
		"behind words without a URL":              {"checksum mismatch", "go: m@v1.0.0: verifying module: checksum mismatch", true},
		"asking the checksum database is another": {unknown, `go: m@v1.0.0: verifying module: m@v1.0.0: Get "https://sum.corp.test/lookup/m@v1.0.0": ` + unknown, false},
		"asking the checksum database":            {`verifying module: m@v1.0.0: Get "https://sum.corp.test/lookup/m@v1.0.0": ` + unknown, `go: m@v1.0.0: verifying module: m@v1.0.0: Get "https://sum.corp.test/lookup/m@v1.0.0": ` + unknown, true},
		"a server's words are another":            {unknown, "\tserver response: tls: " + unknown, false},
		"a server's words":                        {"server response: " + unknown, "\tserver response: " + unknown, true},
		"behind git's quotes":                     {"bad certificate", "\tfatal: unable to access 'https://git.corp.test/x/': bad certificate", true},
		"a longer text is another":                {unknown, prefix + unknown + ` (possibly because of "x509: ECDSA verification failure")`, false},
		"a shorter text is another":               {"tls: failed to verify certificate: " + unknown, prefix + unknown, false},
		"words between are another":               {unknown, prefix + "proxyconnect tcp: " + unknown, false},
		"half a word is none":                     {"authority", prefix + unknown, false},
		"the platform":                            {"for {goos}/{goarch}: gone", "go: for " + runtime.GOOS + "/" + runtime.GOARCH + ": gone", true},
		"another platform":                        {"for {goos}/{goarch}: gone", "go: for plan9/mips: gone", false},
		"now, within the run":                     {"current time {now} is late", prefix + "current time 2026-03-01T13:00:01+01:00 is late", true},
		"now, another time":                       {"current time {now} is late", prefix + "current time 2026-03-01T12:00:09Z is late", false},
		"the certificate's date":                  {"is after {leaf.not-after}", "is after 2026-02-28T12:00:00Z", true},
		"another date":                            {"is after {leaf.not-after}", "is after 2026-02-27T12:00:00Z", false},
		"the other date":                          {"is before {leaf.not-before}", "is before 2026-02-26T12:00:00Z", true},
		"an address":                              {"dial tcp {address}: refused", prefix + "dial tcp 127.0.0.1:443: refused", true},
		"an IPv6 address":                         {"dial tcp {address}: refused", prefix + "dial tcp [::1]:443: refused", true},
		"a name is no address":                    {"dial tcp {address}: refused", prefix + "dial tcp proxy:443: refused", false},
		"the home folder":                         {"open {home}/ca.crt: denied", "open /tmp/tlslab-1/home/ca.crt: denied", true},
		"braces that are no placeholder":          {"malformed {x}", "malformed {x}", true},
		"expressions are text":                    {"a.c", "abc", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			missing := ctx.Missing([]string{test.expected}, test.output)
			assert.Equal(t, test.found, missing == nil)
		})
	}
}

// Two runs of one failure are the same in normal form, and two failures are
// not.
func TestNormal(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	normal := func(now time.Time, home, output string) string {
		set, err := certgen.Generate(map[string]certgen.Spec{"leaf": {NotBefore: "-3d", NotAfter: "-1d"}}, now)
		require.NoError(t, err)
		return Context{Set: set, Home: home, Start: now, End: now.Add(time.Second)}.Normal(output)
	}
	first := normal(now, "/tmp/1", "read tcp 127.0.0.1:40000->127.0.0.1:443: at 2026-03-01T12:00:00Z, after 2026-02-28T12:00:00Z in /tmp/1/x")
	later := now.Add(time.Hour)
	second := normal(later, "/tmp/2", "read tcp 127.0.0.1:50000->127.0.0.2:443: at 2026-03-01T13:00:01Z, after 2026-02-28T13:00:00Z in /tmp/2/x")
	assert.Equal(t, "read tcp {address}->{address}: at {now}, after {leaf.not-after} in {home}/x", first)
	assert.Equal(t, first, second)
	assert.Equal(t, "go: failed\n", normal(now, "/tmp/1", "Unsolicited response received on idle HTTP channel starting with \"x\"; err=<nil>\ngo: failed\n"))
	in := func(dir string) string {
		return Context{Dir: dir, Home: dir + "/home"}.Normal("git in " + dir + "/gopath, " + dir + "/home:\n— sum.corp.test iZ7Q" + dir[1:] + "=\n")
	}
	assert.Equal(t, "git in {client}/gopath, {home}:\n— sum.corp.test {signature}\n", in("/tmp/1"))
	assert.Equal(t, in("/tmp/1"), in("/tmp/2"))
	assert.NotEqual(t, first, normal(now, "/tmp/1", "read tcp 127.0.0.1:1->127.0.0.1:443: at 2026-03-01T12:00:00Z, after 2026-02-27T12:00:00Z in /tmp/1/x"))
}
