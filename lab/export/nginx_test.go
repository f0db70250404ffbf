package export

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// caseOf is a trial of the catalogue.
func caseOf(t *testing.T, id, trial string) lab.Case {
	t.Helper()
	s, err := scenarios.SelectOne(id)
	require.NoError(t, err)
	for _, c := range lab.Cases(s) {
		if c.Name() == trial {
			return c
		}
	}
	require.Fail(t, "no such trial", "%s %s", id, trial)
	return lab.Case{}
}

// onlyHost is a world with one host.
func onlyHost(h scenarios.Host) lab.Case {
	h.Serves = scenarios.Modules
	if h.Presents == nil && h.BySNI == nil {
		h.Presents = []string{"leaf"}
	}
	return lab.Case{Scenario: &scenarios.Scenario{ID: "own", World: scenarios.World{
		Certificates: map[string]certgen.Spec{
			"root": {CA: true, Subject: "CN=Root"},
			"leaf": {Issuer: "root", Names: []string{"a.test"}},
			"md5":  {Key: "rsa-2048", Signature: "md5"},
			"odd":  {Issuer: "root", Names: []string{"a.test"}, Trailing: "00"},
		},
		Hosts:  map[string]scenarios.Host{"a.test": h},
		Client: scenarios.Client{Trusts: []string{"root"}, Run: scenarios.Command{"go", "version"}},
	}}}
}

func nginxConf(t *testing.T, h scenarios.Host) string {
	t.Helper()
	e, err := Nginx(onlyHost(h), NginxOptions{})
	require.NoError(t, err)
	return string(e.Files["nginx.conf"].Data)
}

func TestNginxRendersTheWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		host  scenarios.Host
		lines []string
	}{
		"defaults": {scenarios.Host{}, []string{
			"listen 127.0.0.1:8443 ssl http2 default_server;", "ssl_protocols TLSv1.2 TLSv1.3;",
			"ssl_certificate certs/chain-leaf.pem;", "ssl_certificate_key certs/leaf.key;", "root www/a.test;"}},
		"old versions": {scenarios.Host{TLS: &scenarios.TLS{Min: "1.0", Max: "1.1"}}, []string{
			"listen 127.0.0.1:8443 ssl default_server;", "ssl_protocols TLSv1 TLSv1.1;", `ssl_ciphers "DEFAULT:@SECLEVEL=0";`}},
		"newest version": {scenarios.Host{TLS: &scenarios.TLS{Min: "1.3"}}, []string{"ssl_protocols TLSv1.3;", "http2"}},
		"ciphers": {scenarios.Host{TLS: &scenarios.TLS{Max: "1.2", Ciphers: []string{"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA"}}}, []string{
			`ssl_ciphers "AES128-GCM-SHA256:AES256-SHA";`, "listen 127.0.0.1:8443 ssl default_server;"}},
		"groups":     {scenarios.Host{TLS: &scenarios.TLS{Curves: []string{"X448", "P-256"}}}, []string{"ssl_ecdh_curve X448:prime256v1;"}},
		"signatures": {scenarios.Host{TLS: &scenarios.TLS{Signatures: []string{"ecdsa_sha1"}}}, []string{"ssl_conf_command SignatureAlgorithms ECDSA+SHA1;", "@SECLEVEL=0"}},
		"plain http": {scenarios.Host{Listens: map[string]scenarios.Protocol{"443": "http", "8080": "http"}}, []string{
			"listen 127.0.0.1:8443 default_server;", "listen 127.0.0.1:8444 default_server;"}},
		"by name": {scenarios.Host{BySNI: map[string][]string{"b.test": {"leaf", "root"}}}, []string{
			"ssl_reject_handshake on;", "server_name b.test;", "ssl_certificate certs/chain-leaf-root.pem;"}},
		"client certificates": {scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "requested", ClientCAs: []string{"root"}}}, []string{
			"ssl_verify_client optional;", "ssl_client_certificate certs/client-cas-a.test.pem;"}},
		"client certificates of anybody": {scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "requested"}}, []string{"ssl_verify_client optional_no_ca;"}},
		"refused without certificate": {scenarios.Host{
			TLS:     &scenarios.TLS{ClientCertificate: "requested", ClientCAs: []string{"root"}},
			Answers: []scenarios.Answer{{WithoutCertificate: true, Status: 400}}}, []string{"ssl_verify_client on;", "error_page 496 =400 /.tlslab/answers-0;"}},
		"users": {scenarios.Host{Users: map[string]string{"build": "secret"}}, []string{`auth_basic "host";`, "auth_basic_user_file users/a.test;"}},
		"answers": {scenarios.Host{Answers: []scenarios.Answer{
			{Path: "/a.b/**", Status: 503, Body: "later"}, {Path: "/*", Status: 302, Location: "https://b.test/"}, {Body: "hello"}}}, []string{
			`location ~ "^/a\\.b/.*$" {`, "return 503;", "error_page 503 /.tlslab/answers-0;",
			`location ~ "^/[^/]*$" {`, `return 302 "https://b.test/";`, `location ~ "^" {`, "rewrite ^ /.tlslab/answers-2 last;"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := nginxConf(t, test.host)
			for _, line := range test.lines {
				assert.Contains(t, conf, line)
			}
		})
	}
}

// What nginx cannot express is refused by host and word, all at once.
func TestNginxRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		host scenarios.Host
		says []string
	}{
		"a middlebox":          {scenarios.Host{Behind: []scenarios.Middlebox{{Box: "reset"}}}, []string{"behind", "reset at hello"}},
		"other words":          {scenarios.Host{Says: map[string]string{"none": "SSH-2.0"}}, []string{"says"}},
		"several machines":     {scenarios.Host{Backends: []scenarios.Patch{scenarios.Patch(`{}`)}}, []string{"backends"}},
		"another key":          {scenarios.Host{KeyOf: "root"}, []string{"key-of"}},
		"bytes behind":         {scenarios.Host{Presents: []string{"odd"}}, []string{"presents: odd", "trailing"}},
		"MD5":                  {scenarios.Host{Presents: []string{"md5"}}, []string{"presents: md5", "MD5"}},
		"RC4":                  {scenarios.Host{TLS: &scenarios.TLS{Ciphers: []string{"TLS_RSA_WITH_RC4_128_SHA"}}}, []string{"tls.ciphers: TLS_RSA_WITH_RC4_128_SHA", "1.1.0"}},
		"ML-KEM":               {scenarios.Host{TLS: &scenarios.TLS{Curves: []string{"X25519MLKEM768"}}}, []string{"tls.curves: X25519MLKEM768", "3.5"}},
		"no ALPN":              {scenarios.Host{TLS: &scenarios.TLS{ALPN: []string{}}}, []string{"tls.alpn: []"}},
		"an alert":             {scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "required"}}, []string{"tls.client-certificate: required", "400"}},
		"half an answer":       {scenarios.Host{Answers: []scenarios.Answer{{Cut: true}}}, []string{"answers[0].cut"}},
		"two of them":          {scenarios.Host{KeyOf: "root", Says: map[string]string{"none": "x"}}, []string{"key-of", "says"}},
		"an odd path":          {scenarios.Host{Answers: []scenarios.Answer{{Path: "/$x", Status: 500}}}, []string{"answers[0]", "$"}},
		"a refusal below":      {scenarios.Host{TLS: &scenarios.TLS{ClientCertificate: "requested", ClientCAs: []string{"root"}}, Answers: []scenarios.Answer{{Path: "/x", WithoutCertificate: true, Status: 400}}}, []string{"without-certificate"}},
		"redirect with a body": {scenarios.Host{Answers: []scenarios.Answer{{Status: 302, Location: "https://b.test", Body: "x"}}}, []string{"answers[0].body"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Nginx(onlyHost(test.host), NginxOptions{})
			require.Error(t, err)
			for _, text := range append(test.says, "host a.test: ", "nginx cannot express it") {
				assert.ErrorContains(t, err, text)
			}
		})
	}
	_, err := Nginx(onlyHost(scenarios.Host{Listens: map[string]scenarios.Protocol{}}), NginxOptions{})
	assert.ErrorContains(t, err, "no host of this world listens")
	_, err = Nginx(onlyHost(scenarios.Host{}), NginxOptions{Listen: "everywhere"})
	assert.ErrorContains(t, err, "--listen everywhere")
	_, err = Nginx(onlyHost(scenarios.Host{}), NginxOptions{Port: 65536})
	assert.ErrorContains(t, err, "--port 65536")
}

// Every suite, group and signature scheme of the vocabulary has an answer.
func TestNginxKnowsTheVocabulary(t *testing.T) {
	t.Parallel()
	known := func(word string, tables ...map[string]string) {
		for _, table := range tables {
			if table[word] != "" {
				return
			}
		}
		assert.Fail(t, "no translation and no reason", word)
	}
	for suite := range scenarios.CipherSuites() {
		known(suite, opensslSuites, refusedSuites)
	}
	for group := range scenarios.Curves() {
		known(group, opensslGroups, refusedGroups)
	}
	for scheme := range scenarios.SignatureSchemes() {
		known(scheme, opensslSignatures)
	}
}

// Keys are for their owner alone, those of authorities are not there at all,
// and the README says how to reach the host.
func TestNginxFiles(t *testing.T) {
	t.Parallel()
	c := caseOf(t, "chain/missing-intermediate", "fix:send-the-chain")
	w, err := c.World()
	require.NoError(t, err)
	made, err := lab.Make(w, time.Now())
	require.NoError(t, err)
	e, err := renderNginx(c, w, made, NginxOptions{Port: 9443})
	require.NoError(t, err)
	tree := e.Files

	var keys []string
	for name, file := range tree {
		if strings.Contains(string(file.Data), "PRIVATE KEY") {
			keys = append(keys, name)
			assert.Equal(t, secret, file.Mode, name)
		}
	}
	assert.Equal(t, []string{"certs/proxy.key"}, keys)
	chain := fmt.Sprintf("%s%s", made.Set.Certificate("proxy").PEM(), made.Set.Certificate("intermediate").PEM())
	assert.Equal(t, chain, string(tree["certs/chain-proxy-intermediate.pem"].Data))
	assert.Equal(t, "v1.0.0\n", string(tree["www/proxy.corp.test/example.test/hello/@v/list"].Data))
	readme := string(tree["README.md"].Data)
	assert.Contains(t, readme, "export GOPROXY=https://proxy.corp.test:9443\n")
	assert.Contains(t, readme, "export GOSUMDB="+made.Sumdb.VerifierKey())
	assert.Contains(t, readme, `export SSL_CERT_FILE="$PWD/certs/trust.pem"`)
	assert.Contains(t, readme, "127.0.0.1 proxy.corp.test\n")
}

func TestNginxPortsInSettings(t *testing.T) {
	t.Parallel()
	n := &nginx{ports: map[string]int{"a.test:443": 9000, "a.test:80": 9001, "a.test:8081": 9002, "b.a.test:443": 9003}}
	for value, want := range map[string]string{
		"https://a.test":                      "https://a.test:9000",
		"https://a.test:443/x,direct":         "https://a.test:9000/x,direct",
		"http://a.test|https://b.a.test,off":  "http://a.test:9001|https://b.a.test:9003,off",
		"https://a.test:8081":                 "https://a.test:9002",
		"https://other.a.test":                "https://other.a.test",
		"sum.corp.test+key https://a.test/db": "sum.corp.test+key https://a.test:9000/db",
	} {
		assert.Equal(t, want, n.there(value))
	}
}
