package scenarios

import "slices"

// Mark is what shows that a failure has one cause and not another that prints
// the same text.
type Mark struct {
	Cause Cause
	Shows string // what to look at, and what is seen there
}

// lookalikes are the texts that several causes print.
var lookalikes = []struct {
	text  string
	marks []Mark
}{
	{"certificate signed by unknown authority", []Mark{
		{"incomplete-chain", "openssl s_client -showcerts: the last certificate that is sent has an issuer that is neither sent nor a root; with the intermediate added to the bundle it works."},
		{"self-signed", "openssl s_client -showcerts: one certificate, whose subject and issuer are the same."},
		{"private-ca-untrusted", "openssl s_client -showcerts: the chain is whole and its last issuer bears the name of the company; it is the same from every network."},
		{"mitm-ca-untrusted", "openssl s_client -showcerts: the issuer is a security product or a company's gateway, also for public names; from another network it is another one."},
		{"outdated-trust-store", "openssl s_client -showcerts: the chain is whole and its last issuer is a newer root, which an up-to-date machine has."},
		{"empty-trust-store", "Every https address fails, public ones too; the folder of roots is empty or SSL_CERT_FILE names a file that is not there."},
		{"issuer-name-mismatch", "openssl s_client -showcerts: every issuer is sent, and curl accepts the server; the name of one differs in case, in spaces or in its kind of string from the issuer in the certificate below it."},
		{"unreadable-bundle", "The right certificate is in the file that SSL_CERT_FILE names, and openssl x509 -in FILE cannot read it or reads another."},
		{"trust-setting-ineffective", "The right certificate is on the client, and go env or env shows that the variable which should lead to it is not set, or is set to something else than its path."},
		{"negative-serial", "openssl x509 -in FILE -noout -serial: the root that the client has shows a serial number with a minus sign."},
	}},
	{"certificate has expired or is not yet valid", []Mark{
		{"expired-leaf", "openssl s_client -showcerts | openssl x509 -noout -dates: the first certificate's notAfter is past; the time in the message is right."},
		{"expired-intermediate", "The first certificate's dates are fine, and a later one's notAfter is past."},
		{"expired-root", "All certificates that are sent are valid; the root in the client's own store has expired."},
		{"clock-skew", "The time in the message is not the time of day; date on the client is wrong, and other https addresses fail too."},
		{"not-yet-valid", "The message says is before; the time in it is right and the certificate's notBefore lies ahead."},
		{"impossible-validity", "openssl x509 -noout -dates: notAfter lies before notBefore, by decades."},
	}},
	{"remote error: tls: handshake failure", []Mark{
		{"no-common-cipher", "openssl s_client -tls1_2 -cipher ECDHE+AESGCM fails, and another -cipher succeeds: 3DES, DHE, AESCCM, or a CBC suite with SHA256. The server's log says that no cipher is shared."},
		{"rsa-key-exchange", "openssl s_client -tls1_2 -cipher kRSA succeeds and -cipher ECDHE fails; GODEBUG=tlsrsakex=1 helps."},
		{"no-common-group", "openssl s_client -groups X25519 fails with any version of TLS, and -groups X448 or another succeeds."},
		{"no-common-signature", "openssl s_client -tls1_2 -sigalgs RSA+SHA256 fails and -sigalgs RSA+SHA1 succeeds; GODEBUG=tlssha1=1 helps."},
		{"fips-mode", "The client has fips140 in GODEBUG; without it the same command succeeds."},
		{"client-cert-required", "openssl s_client shows the server's chain and Acceptable client certificate CA names."},
		{"weak-rsa-key", "openssl s_client -tls1_2 -cipher ALL:@SECLEVEL=0 shows a certificate whose RSA key has 512 bits; in TLS 1.3 none is shown."},
		{"unsupported-key", "The certificate is never sent; its file on the server has a key on a curve such as P-224."},
	}},
	{"EOF", []Mark{
		{"eof-in-handshake", "openssl s_client shows no certificate, whatever -servername and -groups."},
		{"reset-or-sni-filter", "openssl s_client shows no certificate with the host's -servername, and one with another at the same address."},
		{"post-quantum-hello", "GODEBUG=tlsmlkem=0 helps."},
		{"closed-before-answer", "curl -v shows the certificate and the request, and then Empty reply from server."},
	}},
	{"read: connection reset by peer", []Mark{
		{"reset-or-sni-filter", "openssl s_client is reset before it shows a certificate, at least with the host's -servername."},
		{"post-quantum-hello", "GODEBUG=tlsmlkem=0 helps."},
		{"truncated-body", "curl -v shows the certificate and the beginning of the answer."},
	}},
	{"net/http: TLS handshake timeout", []Mark{
		{"handshake-timeout", "openssl s_client stands still after CONNECTED as well, whatever -groups."},
		{"post-quantum-hello", "GODEBUG=tlsmlkem=0 helps at once."},
	}},
	{"unexpected EOF", []Mark{
		{"truncated-body", "The text begins with read and not with Get: the answer had begun. curl --http1.1 ends with code 18."},
		{"alpn-or-http2", "curl --http2 fails and --http1.1 succeeds; GODEBUG=http2client=0 helps."},
		{"proxy-address-wrong", "HTTPS_PROXY begins with http:// and curl -x https:// with the same proxy succeeds; without a proxy there is no failure."},
	}},
	{"server response: tls: failed to verify certificate: x509: certificate signed by unknown authority", []Mark{
		{"proxy-upstream-tls", "openssl s_client shows the module proxy's own certificate, the same from every network, and the x509 text is in the module proxy's log."},
		{"mitm-upstream-untrusted", "openssl s_client shows a certificate that the gateway has signed; past the gateway the same address answers."},
	}},
	{"verifying module: certificate signed by unknown authority", []Mark{
		{"sumdb-unreachable", "openssl s_client -showcerts to the host in the text: the last issuer is no public authority's, as an up-to-date machine would find too."},
		{"outdated-trust-store", "openssl s_client -showcerts to the host in the text: the last issuer is a public root, which an up-to-date machine has."},
	}},
	{"no such host", []Mark{
		{"name-unresolved", "The network has no proxy for such names: the name is one that this resolver should know."},
		{"proxy-not-used", "A proxy is there for the name, and env shows that HTTPS_PROXY does not name it or NO_PROXY takes the name out; curl -x with that proxy succeeds."},
	}},
	{"invalid character '<' looking for beginning of value", []Mark{
		{"captive-portal", "curl -L shows a page that wants a login, and from another network the module proxy answers."},
		{"proxy-forbidden-403", "curl shows a page that names a rule or a category, and the certificate is one that the gateway has signed."},
	}},
	{"http: server gave HTTP response to HTTPS client", []Mark{
		{"plain-http-on-tls-port", "curl http:// with the same host and port shows the server's own answer."},
		{"captive-portal", "The answer comes from the proxy: curl -v shows that CONNECT succeeded, and past the proxy the server speaks TLS."},
	}},
	{"certificate is not valid for any names", []Mark{
		{"no-san-cn-only", "openssl x509 -noout -ext subjectAltName: the server's certificate has no alternative names at all."},
		{"wrong-name", "openssl x509 -noout -ext subjectAltName: there are alternative names, and none is a DNS name or an address."},
		{"leaf-not-first", "openssl s_client -showcerts: the first certificate is a CA's, and the server's own comes later."},
	}},
}

// Twins lists the causes that can print the same text as c, by their place in
// [Causes]'s families. Only evidence beside the text tells them from c.
func Twins(c Cause) []Cause {
	var twins []Cause
	for _, l := range lookalikes {
		if !slices.ContainsFunc(l.marks, func(m Mark) bool { return m.Cause == c }) {
			continue
		}
		for _, m := range l.marks {
			if m.Cause != c && !slices.Contains(twins, m.Cause) {
				twins = append(twins, m.Cause)
			}
		}
	}
	return twins
}

// Marks is what shows that a failure is c's, for each text that c shares with
// other causes.
func Marks(c Cause) []string {
	var shows []string
	for _, l := range lookalikes {
		for _, m := range l.marks {
			if m.Cause == c {
				shows = append(shows, m.Shows)
			}
		}
	}
	return shows
}
