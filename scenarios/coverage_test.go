package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCoveredByTrials: every entry of the lists is played by trials that the
// catalogue has, or is explained.
func TestCoveredByTrials(t *testing.T) {
	t.Parallel()
	lists, err := Covered()
	require.NoError(t, err)
	all, err := Catalogue()
	require.NoError(t, err)
	trials := map[Reference]bool{}
	for _, s := range all {
		trials[Reference(s.ID)] = true
		for _, f := range s.Fixes {
			trials[Reference(s.ID+" fix:"+f.ID)] = true
		}
		for _, m := range s.Myths {
			trials[Reference(s.ID+" myth:"+m.ID)] = true
		}
	}
	require.NotEmpty(t, lists.BadSSL)
	require.NotEmpty(t, lists.Facts)
	seen := map[string]bool{}
	for _, c := range slices.Concat(lists.BadSSL, lists.Facts) {
		assert.False(t, seen[c.Entry], "%s is there twice", c.Entry)
		seen[c.Entry] = true
		assert.False(t, len(c.Trials) == 0 && c.Instead == "", "%s is neither played nor explained", c.Entry)
		for _, r := range c.Trials {
			assert.True(t, trials[r], "%s: there is no trial %q", c.Entry, r)
		}
	}
}

// badSSL is badssl.com's list as it is, without what is about browsers.
const badSSL = `1000-sans 10000-sans captive-portal ecc256 ecc384 expired extended-validation
incomplete-chain known-interception no-common-name no-san no-subject revoked reversed-chain md5
rsa512 rsa1024 rsa2048 rsa3072 rsa4096 rsa8192 self-signed sha1 sha1-intermediate sha256 sha384
sha512 spoof untrusted-root wrong.host 3des cbc null rc4 rc4-md5 mozilla-modern
mozilla-intermediate mozilla-old dh480 dh512 dh1024 dh2048 dh-composite dh-small-subgroup
static-rsa ssl-v2 ssl-v3 tls-v1-0 tls-v1-1 tls-v1-2 client client-cert-missing superfish edellroot
dsdtestprovider preact-cli webpack-dev-server`

// TestBadSSLComplete: no entry of badssl.com is left out.
func TestBadSSLComplete(t *testing.T) {
	t.Parallel()
	lists, err := Covered()
	require.NoError(t, err)
	var have []string
	for _, c := range lists.BadSSL {
		have = append(have, c.Entry)
	}
	assert.ElementsMatch(t, append(strings.Fields(badSSL), "internationalized name"), have)
}
