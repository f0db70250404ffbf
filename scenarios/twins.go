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
		{"empty-trust-store", "Every https address fails, public ones too; the folder of roots is empty or SSL_CERT_FILE names a file that is not there."},
		{"issuer-name-mismatch", "openssl s_client -showcerts: every issuer is sent, and curl accepts the server; the name of one differs in case, in spaces or in its kind of string from the issuer in the certificate below it."},
		{"unreadable-bundle", "The right certificate is in the file that SSL_CERT_FILE names, and openssl x509 -in FILE cannot read it or reads another."},
	}},
	{"certificate has expired or is not yet valid", []Mark{
		{"expired-leaf", "openssl s_client -showcerts | openssl x509 -noout -dates: the first certificate's notAfter is past; the time in the message is right."},
		{"expired-intermediate", "The first certificate's dates are fine, and a later one's notAfter is past."},
		{"expired-root", "All certificates that are sent are valid; the root in the client's own store has expired."},
		{"clock-skew", "The time in the message is not the time of day; date on the client is wrong, and other https addresses fail too."},
		{"not-yet-valid", "The message says is before; the time in it is right and the certificate's notBefore lies ahead."},
		{"impossible-validity", "openssl x509 -noout -dates: notAfter lies before notBefore, by decades."},
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
