package certgen_test

import (
	"crypto/x509"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
)

var issuers = map[string]certgen.Spec{
	"root": {CA: true, Subject: "CN=Corp Root CA"},
	"rsa":  {Issuer: "root", Key: "rsa-1024"},
}

func TestIssue(t *testing.T) {
	t.Parallel()
	now := time.Now()
	set, err := certgen.Generate(issuers, now)
	require.NoError(t, err)

	leaf, err := set.Issue("late", certgen.Spec{Issuer: "root", Names: []string{"proxy.corp.test"}}, now)
	require.NoError(t, err)

	root, err := set.Certificate("root").Parse()
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	parsed, err := leaf.Parse()
	require.NoError(t, err)
	_, err = parsed.Verify(x509.VerifyOptions{DNSName: "proxy.corp.test", Roots: roots})
	assert.NoError(t, err)
	assert.Equal(t, "root", leaf.Issuer)
	assert.Nil(t, set.Certificate("late"), "a set does not change")
	assert.Equal(t, []string{"root", "rsa"}, set.Names())
}

// Authorities of several goroutines issue from one set, each with a fresh key;
// RSA keys are none of the set's own.
func TestIssueConcurrently(t *testing.T) {
	t.Parallel()
	now := time.Now()
	set, err := certgen.Generate(issuers, now)
	require.NoError(t, err)
	var wg sync.WaitGroup
	issued := make([]*certgen.Certificate, 8)
	for i := range issued {
		wg.Go(func() {
			key := ""
			if i%2 == 1 {
				key = "rsa-1024"
			}
			c, err := set.Issue("late", certgen.Spec{Issuer: "root", Key: key}, now)
			assert.NoError(t, err)
			issued[i] = c
		})
	}
	wg.Wait()
	assert.NotEqual(t, issued[0].Key.Public(), issued[2].Key.Public())
	assert.Equal(t, issued[1].Key.Public(), issued[3].Key.Public())
	assert.NotEqual(t, set.Certificate("rsa").Key.Public(), issued[1].Key.Public())
	assert.NotEqual(t, issued[0].Raw, issued[2].Raw)
}

// What Issue refuses is what CheckIssue reports, in the words of Check.
func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	set, err := certgen.Generate(issuers, time.Now())
	require.NoError(t, err)
	for name, test := range map[string]struct {
		as   string
		spec certgen.Spec
		want string
	}{
		"a name that is taken":          {"root", certgen.Spec{}, "certificate root: there is a certificate root already: choose another name"},
		"a name that differs in case":   {"Root", certgen.Spec{}, "certificate root: the name differs from Root only in case: choose another one"},
		"an issuer that is not there":   {"late", certgen.Spec{Issuer: "rooot"}, `certificate late: issuer: unknown certificate "rooot"`},
		"a key that is not there":       {"late", certgen.Spec{KeyOf: "rsaa"}, `certificate late: key-of: unknown certificate "rsaa"`},
		"itself as its issuer":          {"late", certgen.Spec{Issuer: "late"}, "certificate late: issuer: nobody signs the first of a circle"},
		"a hash the issuer cannot sign": {"late", certgen.Spec{Issuer: "root", Signature: "md5"}, "certificate late: signature: md5 needs an issuer with an RSA key"},
		"a bad field":                   {"late", certgen.Spec{Issuer: "root", Serial: "x"}, "certificate late: serial: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := set.Issue(test.as, test.spec, time.Now())
			require.ErrorContains(t, err, test.want)
			problems := certgen.CheckIssue(issuers, test.as, test.spec)
			require.Len(t, problems, 1)
			assert.Equal(t, err.Error(), problems[0].Error())
		})
	}
}
