package scenarios

import "slices"

// Cause is why go fails, from the closed list of [Causes]. Other tools print
// these words.
type Cause string

// causeEntry is what there is to know of a cause.
type causeEntry struct {
	cause            Cause
	family, sentence string
}

// causes is the list, by family.
var causes = []causeEntry{
	{"incomplete-chain", "chain", "The server sends its certificate without an intermediate that leads to the root."},
	{"leaf-not-first", "chain", "The chain is sent in an order in which the end entity is not first."},
	{"ca-flag-missing", "chain", "A certificate that signs others is not marked as an authority."},
	{"path-length", "chain", "More intermediates follow an authority than its path length allows."},
	{"name-constraint", "chain", "An authority is not permitted to sign for this name."},
	{"issuer-name-mismatch", "chain", "The issuer's name in a certificate differs from the subject of the authority that signed it."},
	{"policy-constraint", "chain", "An authority demands certificate policies that the chain does not have."},
	{"signature-check-limit", "chain", "There are more ways through the certificates than crypto/x509 tries."},
	{"oversized-chain", "chain", "The certificates are larger than crypto/tls takes in one message."},
	{"wrong-eku", "chain", "A certificate's extended key usage leaves out TLS servers."},
	{"harmless", "chain", "It looks broken, and does not stop go."},

	{"expired-leaf", "validity", "The server's own certificate has expired."},
	{"expired-intermediate", "validity", "An intermediate of the chain has expired."},
	{"expired-root", "validity", "The root that the client trusts has expired."},
	{"not-yet-valid", "validity", "A certificate's validity has not begun."},
	{"impossible-validity", "validity", "A certificate's validity ends before it begins."},
	{"clock-skew", "validity", "The client's clock is wrong, the certificates are sound."},

	{"wrong-name", "names", "The certificate is for other names than the one asked for."},
	{"no-san-cn-only", "names", "The name stands in the common name alone, without a subject alternative name."},
	{"no-ip-san", "names", "The client connects to an IP address that the certificate does not list as one."},

	{"self-signed", "trust", "The server's certificate signs itself and the client does not trust it."},
	{"private-ca-untrusted", "trust", "The chain ends in a private authority that the client does not trust."},
	{"empty-trust-store", "trust", "The client trusts no authority at all."},
	{"unreadable-bundle", "trust", "The client has the right certificate in a file that it cannot read."},
	{"trust-setting-ineffective", "trust", "The client has the right certificate, and a setting that does not lead go to it."},
	{"outdated-trust-store", "trust", "The client's set of authorities is older than the one that the chain ends at."},
	{"compromised-root", "trust", "The client trusts an authority whose private key others have."},
	{"git-own-trust", "trust", "git does not trust what go trusts, since it reads another store."},

	{"sha1-signature", "keys", "A certificate is signed with SHA-1, which crypto/x509 rejects."},
	{"md5-signature", "keys", "A certificate is signed with MD5, which crypto/x509 rejects."},
	{"weak-rsa-key", "keys", "An RSA key is shorter than crypto/rsa accepts."},
	{"oversized-rsa-key", "keys", "An RSA key is longer than crypto/tls accepts."},
	{"unsupported-key", "keys", "The certificate's key is of a kind that crypto/x509 or crypto/tls does not know."},
	{"key-mismatch", "keys", "The server signs with a key that does not belong to its certificate."},
	{"fips-mode", "keys", "The client's FIPS mode forbids what the server needs."},
	{"negative-serial", "keys", "A certificate's serial number is negative."},
	{"malformed-certificate", "keys", "A certificate is not encoded as RFC 5280 demands."},
	{"unknown-critical-extension", "keys", "A certificate has a critical extension that crypto/x509 does not know."},
	{"revoked", "keys", "The certificate has been revoked, which go never asks about."},

	{"old-tls-version", "protocol", "The server speaks no version of TLS that the client accepts."},
	{"no-common-cipher", "protocol", "Client and server have no cipher suite in common."},
	{"rsa-key-exchange", "protocol", "The server offers RSA key exchange alone, which go has dropped."},
	{"no-common-group", "protocol", "Client and server have no key exchange group in common."},
	{"no-common-signature", "protocol", "The server signs handshakes in no way that the client accepts."},
	{"no-certificate-for-name", "protocol", "The server has no certificate for the name that is asked for, and refuses."},
	{"post-quantum-hello", "protocol", "The client's post-quantum ClientHello is too large for something in the path."},
	{"alpn-or-http2", "protocol", "Client and server do not agree on an application protocol, or fail at HTTP/2."},
	{"client-cert-required", "protocol", "The server wants a client certificate, which the go command cannot present."},
	{"client-cert-refused", "protocol", "The server does not accept the client certificate that it is given."},
	{"plain-http-on-tls-port", "protocol", "The port that should speak TLS speaks something else."},

	{"connection-refused", "transport", "Nothing listens on the port."},
	{"reset-or-sni-filter", "transport", "The connection is reset or closed, often by a filter that has read the server's name."},
	{"eof-in-handshake", "transport", "The connection is closed in the middle of the handshake."},
	{"handshake-timeout", "transport", "The handshake, or the proxy's answer before it, does not come in time."},
	{"truncated-body", "transport", "The connection ends in the middle of an answer."},
	{"closed-before-answer", "transport", "The connection ends after the request, before any answer."},
	{"stalled-answer", "transport", "The answer, or the rest of it, never comes, and the connection stays open."},
	{"malformed-answer", "transport", "The answer breaks the rules of HTTP."},
	{"server-error", "transport", "The server answers with an error of its own, and TLS is sound."},
	{"corrupted-in-transit", "transport", "Bytes are changed on the way, behind the checksums of the network."},

	{"name-unresolved", "network", "The name cannot be resolved to an address."},
	{"address-unreachable", "network", "There is no way from the client to the address of the name."},
	{"dns-hijack-or-wrong-host", "network", "The name leads to another machine than the right one."},
	{"captive-portal", "network", "A login page, or another page of the network's, answers in place of the server."},
	{"insecure-redirect", "network", "The server redirects from https to http."},

	{"mitm-ca-untrusted", "interception", "A proxy opens TLS with certificates of its own, whose authority the client does not trust."},
	{"mitm-upstream-untrusted", "interception", "A proxy that opens TLS does not trust the server in the client's stead."},
	{"gateway-clock-skew", "interception", "A proxy that opens TLS signs certificates by a clock that is wrong."},
	{"proxy-auth-407", "interception", "The proxy wants a user name and a password."},
	{"proxy-forbidden-403", "interception", "The proxy forbids the connection."},
	{"proxy-own-tls", "interception", "The TLS of the connection to the proxy itself is broken."},
	{"https-scheme-for-http-proxy", "interception", "HTTPS_PROXY says https:// of a proxy that speaks plain HTTP."},
	{"proxy-address-wrong", "interception", "HTTPS_PROXY holds something other than the address of an HTTP proxy."},
	{"proxy-not-used", "interception", "The network lets only its proxy reach the host, and go does not use it."},

	{"checksum-mismatch", "modules", "A module's content is not the one that its checksum was made of."},
	{"sumdb-unreachable", "modules", "The checksum database cannot be reached, or its TLS fails."},
	{"goinsecure-misunderstood", "modules", "GOINSECURE is set for something that it does not cover."},
	{"sumdb-wrong-key", "modules", "The checksum database signs with another key than the one that the client expects."},
	{"private-module-asked-publicly", "modules", "A private module is asked of a public service, which cannot know it."},
	{"module-auth", "modules", "The module proxy wants credentials, or grants these too little."},
	{"module-refused", "modules", "The module proxy refuses to hand the module out."},
	{"proxy-upstream-tls", "modules", "The module proxy fails at the TLS of the server behind it, and passes the failure on."},
	{"module-proxy-failing", "modules", "The module proxy answers with a failure of its own."},
	{"stale-proxy", "modules", "The module proxy does not know the version yet."},
	{"cache-keeps-broken", "modules", "A cache before the module proxy keeps a file that is not the whole one."},
	{"goproxy-misset", "modules", "GOPROXY holds something with which no module can be fetched."},
	{"comma-no-fallback", "modules", "The next proxy in GOPROXY is never asked, since a comma passes on nothing but 404 and 410."},
	{"not-a-module-proxy", "modules", "The address of the module proxy answers, but not as a module proxy does."},
	{"redirect-loop", "modules", "The server redirects in a circle."},

	{"vcs-auth", "git", "Credentials for a repository are missing, which looks like a TLS failure."},
	{"go-import-missing", "git", "The page of a module's path does not say where its repository is."},

	{"toolchain-unavailable", "toolchain", "The toolchain that is asked for is not to be had where go looks for it."},
	{"toolchain-unverified", "toolchain", "The checksum database is switched off, and go takes no toolchain without it."},
}

// Causes lists every cause, by family.
func Causes() []Cause {
	list := make([]Cause, len(causes))
	for i, c := range causes {
		list[i] = c.cause
	}
	return list
}

// Values lists every cause.
func (Cause) Values() []string { return texts(Causes()...) }

// Family is what a cause breaks: chain, validity, names, trust, keys,
// protocol, transport, network, interception, modules, git or toolchain. It is
// empty for what is no cause.
func (c Cause) Family() string { return c.entry().family }

// Sentence explains a cause. It is empty for what is no cause.
func (c Cause) Sentence() string { return c.entry().sentence }

func (c Cause) entry() causeEntry {
	if i := slices.IndexFunc(causes, func(e causeEntry) bool { return e.cause == c }); i >= 0 {
		return causes[i]
	}
	return causeEntry{}
}
