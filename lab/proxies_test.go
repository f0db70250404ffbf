package lab

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/scenarios"
)

// intercepted is a client behind a proxy; [behind] fills in PROXY, PORT, ENV and
// MORE.
const intercepted = `title: A proxy stands between
cause: mitm-ca-untrusted
world:
  certificates:
    root: {ca: true, subject: CN=Corp Root CA}
    leaf: {issuer: root, names: [proxy.corp.test]}
    gateway-ca: {ca: true, subject: CN=Gateway CA}
    gateway-int: {ca: true, subject: CN=Gateway Issuing CA, issuer: gateway-ca}
    gateway: {issuer: root, names: [gateway.corp.test]}
  hosts:
    proxy.corp.test: {serves: modules, presents: [leaf]}
    gateway.corp.test:
      serves: proxy
      presents: [gateway]
      listens: {PORT}
      proxy: {PROXY}
      answers: [MORE]
  client:
    trusts: [root, gateway-ca]
    env: {ENV}
    run: go get example.test/hello@v1.0.0
fails:
  stderr: "some text"
fixes:
  as-it-is:
    title: Change next to nothing
    by: client
    change: {client: {env: {CGO_ENABLED: 0}}}
  check-nothing:
    title: Switch the checksum database off
    by: client
    change: {client: {env: {GOSUMDB: "off"}}}
`

const (
	opens    = `intercepts: ["*"], signs-with: gateway-ca, trusts: [root]`
	explicit = `HTTPS_PROXY: "http://gateway.corp.test:3128"`
)

// behind fills in a world with a proxy.
func behind(proxy, port, env, more string) string {
	return strings.NewReplacer("{PROXY}", "{"+proxy+"}", "{PORT}", "{"+port+"}", "{ENV}", "{"+env+"}", "[MORE]", "["+more+"]").Replace(intercepted)
}

// What a proxy does is what go tells of it, and what both ends saw.
func TestProxies(t *testing.T) {
	l := newTestLab(t)
	for name, test := range map[string]struct {
		proxy, port, env, more string
		stderr                 string // empty for success
		status                 int    // of CONNECT; zero where there was none
		presented              string
	}{
		"tunnel":            {proxy: "", stderr: "", status: 200},
		"interception":      {proxy: opens, status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"HTTP/2":            {proxy: opens + ", http2: true", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"another host's":    {proxy: `intercepts: [other.corp.test], signs-with: gateway-ca, trusts: [root]`, status: 200},
		"transparent":       {proxy: opens, port: "443: transparent", env: "GOFLAGS: -x", presented: "resigned-proxy.corp.test gateway-ca"},
		"407":               {proxy: "users: {user: secret}", stderr: "Proxy Authentication Required", status: 407},
		"credentials":       {proxy: "users: {user: secret}", env: `HTTPS_PROXY: "http://user:secret@gateway.corp.test:3128"`, status: 200},
		"403":               {proxy: `forbids: ["*.corp.test"]`, stderr: "Forbidden", status: 403},
		"502":               {proxy: "connect: bad-gateway", stderr: "Bad Gateway", status: 502},
		"upstream":          {proxy: `intercepts: ["*"], signs-with: gateway-ca, trusts: [gateway-ca]`, stderr: "502 Bad Gateway", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"other names":       {proxy: opens + ", leaf: {names: [old.corp.test]}", stderr: "certificate is valid for old.corp.test, not proxy.corp.test", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"negative serial":   {proxy: opens + `, leaf: {serial: "-5"}`, stderr: "x509: negative serial number", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"no intermediate":   {proxy: `intercepts: ["*"], signs-with: gateway-int, sends: [], trusts: [root]`, stderr: "signed by unknown authority", status: 200, presented: "resigned-proxy.corp.test"},
		"its intermediate":  {proxy: `intercepts: ["*"], signs-with: gateway-int, trusts: [root]`, status: 200, presented: "resigned-proxy.corp.test gateway-int"},
		"tampering":         {proxy: opens + ", tampers: true", stderr: "checksum mismatch", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"a block page":      {proxy: opens, more: `{type: text/html, body: "<h1>Blocked</h1>"}`, stderr: "invalid character '<'", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
		"an insecure other": {proxy: opens, more: `{status: 302, location: "http://login.corp.test/"}`, stderr: "to insecure URL http://login.corp.test/", status: 200, presented: "resigned-proxy.corp.test gateway-ca"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.port == "" {
				test.port = "3128: http"
			}
			if test.env == "" {
				test.env = explicit
			}
			trial := play(t, l, behind(test.proxy, test.port, test.env, test.more), "broken")
			require.NotEqual(t, Skipped, trial.Verdict, trial.Why)
			if test.stderr == "" {
				assert.Equal(t, Succeeded, trial.Outcome, trial.Stderr)
			} else {
				assert.Equal(t, Failed, trial.Outcome)
				assert.Contains(t, trial.Stderr, test.stderr)
			}
			seen := trial.Evidence["gateway.corp.test"]
			assert.Empty(t, seen.Errors)
			assert.Equal(t, test.status, connected(seen))
			assert.Equal(t, test.presented, presented(seen))
		})
	}
}

// connected is the status of the first CONNECT.
func connected(e endpoint.Evidence) int {
	for _, c := range e.Seen {
		for _, r := range c.Requests {
			if strings.HasPrefix(r.Request, "CONNECT ") {
				return r.Status
			}
		}
	}
	return 0
}

// presented is the first chain that was presented.
func presented(e endpoint.Evidence) string {
	for _, c := range e.Seen {
		if c.Presented != nil {
			return strings.Join(c.Presented, " ")
		}
	}
	return ""
}

// A proxy copies the dates of what the host itself presents.
func TestProxyCopiesDates(t *testing.T) {
	l := newTestLab(t)
	text := behind(`intercepts: ["*"], signs-with: gateway-ca, verifies: false, copies-dates: true`, "3128: http", explicit, "")
	trial := play(t, l, text, "broken")
	assert.Equal(t, Succeeded, trial.Outcome, trial.Stderr)
	text = strings.Replace(text, "names: [proxy.corp.test]", "names: [proxy.corp.test], not-after: 2020-02-03T04:05:06Z", 1)
	trial = play(t, l, text, "broken")
	assert.Contains(t, trial.Stderr, "is after 2020-02-03T04:05:06Z")
}

// An impostor takes the place of the proxy, and of the hosts behind it alone:
// a proxy that verifies keeps the second away, and one that does not lets it
// through.
func TestProxyUnderAttack(t *testing.T) {
	l := newTestLab(t)
	text := behind(opens, "3128: http", explicit, "") + `  trust-anybody:
    title: Have the proxy verify nothing
    by: network
    change: {hosts: {gateway.corp.test: {proxy: {verifies: false, trusts: null}}}}
`
	trial := play(t, l, text, "fix:as-it-is")
	assert.Equal(t, Refused, trial.Impostor, trial.Why)
	assert.Equal(t, Refused, trial.Tampering, trial.Why)
	trial = play(t, l, text, "fix:check-nothing")
	assert.Equal(t, Refused, trial.Impostor, trial.Why)
	assert.Equal(t, Accepted, trial.Tampering, trial.Why)
	trial = play(t, l, text, "fix:trust-anybody")
	assert.Equal(t, Accepted, trial.Impostor, trial.Why)
	assert.Equal(t, Deviates, trial.Verdict, "the file does not say so")
}

// The worst that an impostor's proxy could do is done: it opens everything.
func TestImpostorReplacesTheProxy(t *testing.T) {
	s, err := scenarios.Parse("case.yaml", []byte(behind(opens, "3128: http", explicit, "")))
	require.NoError(t, err)
	w := impostors(s.World, func(scenarios.Host) bool { return true })
	gateway := w.Hosts["gateway.corp.test"]
	assert.Equal(t, scenarios.ForwardProxy, gateway.Serves)
	assert.Equal(t, map[string]scenarios.Protocol{"3128": scenarios.SpeaksHTTP}, gateway.Listens)
	assert.Equal(t, []string{"*"}, gateway.Proxy.Intercepts)
	assert.Equal(t, impostorCA, gateway.Proxy.SignsWith)
	assert.False(t, *gateway.Proxy.Verifies)
}

// The environment names a proxy where the machine has it, and nothing else of
// it changes.
func TestReaching(t *testing.T) {
	l := newTestLab(t)
	w := crowd(1)
	w.Client.Env = scenarios.Env{"HTTPS_PROXY": "http://user:secret@gateway.corp.test:3128", "X": "gateway.corp.test"}
	world, err := l.Up(t.Context(), w)
	require.NoError(t, err)
	defer func() { require.NoError(t, world.Close()) }()
	address := world.machine.Reach(backend.Address{Host: "gateway.corp.test", Port: "3128"})
	want := maps.Clone(w.Client.Env)
	want["HTTPS_PROXY"] = "http://user:secret@" + address
	assert.Equal(t, want, world.reaching(w.Client.Env))
	c, err := world.Client()
	require.NoError(t, err)
	assert.Contains(t, c.Env(), "HTTPS_PROXY=http://user:secret@"+address)
	for _, variable := range c.Env() {
		assert.False(t, strings.HasPrefix(variable, "https_proxy="), "git and curl would obey %s", variable)
	}
}
