package scenarios

import "github.com/tlslab/tlslab/certgen"

// Proxy is how an HTTP proxy behaves. The zero value tunnels every CONNECT,
// for everybody.
type Proxy struct {
	// Intercepts are the hosts whose TLS the proxy opens, to sign it anew: "*"
	// for all, "*.corp.test" for the names below corp.test, or a name. It
	// tunnels the others.
	Intercepts []string `json:"intercepts,omitempty"`

	// SignsWith is the certificate whose key signs for intercepted hosts.
	SignsWith string `json:"signs-with,omitempty"`

	// Sends is the chain that the proxy sends behind a certificate that it has
	// signed. Nil means the one that it signs with, an empty list nothing.
	Sends []string `json:"sends,omitzero"`

	// Leaf is what the proxy signs for a host: a certificate without issuer,
	// whose names are the host's where it has none.
	Leaf certgen.Spec `json:"leaf,omitzero"`

	// CopiesDates says that a signed certificate is valid as long as the
	// host's own is, whatever Leaf says.
	CopiesDates bool `json:"copies-dates,omitempty"`

	// Trusts are the roots with which the proxy verifies intercepted hosts;
	// what fails is answered with 502.
	Trusts []string `json:"trusts,omitempty"`

	// Verifies says whether it does. Nil means that it does.
	Verifies *bool `json:"verifies,omitempty"`

	// Users are passwords by name, for Basic authentication (RFC 7617). Whoever
	// sends none of them gets a 407. Empty means that the proxy asks nobody.
	Users map[string]string `json:"users,omitempty"`

	// Schemes are what a 407 offers in Proxy-Authenticate (RFC 9110, section
	// 11.7.1), such as Negotiate and NTLM. Nil means Basic. Where Basic is not
	// among them the proxy believes no password: it knows that scheme alone.
	Schemes []string `json:"schemes,omitzero"`

	// Forbids are the hosts that the proxy refuses with 403, in the form of
	// Intercepts.
	Forbids []string `json:"forbids,omitempty"`

	// Connect is how it answers a CONNECT that it would grant. Empty means
	// that it does.
	Connect ConnectAnswer `json:"connect,omitempty"`

	// HTTP2 says whether it speaks HTTP/2 with clients whose TLS it opens.
	HTTP2 bool `json:"http2,omitempty"`

	// Tampers says that it hands out other module zips than those that pass
	// through, where it opens TLS or there is none.
	Tampers bool `json:"tampers,omitempty"`
}

// ConnectAnswer is how a proxy answers CONNECT.
type ConnectAnswer string

// The answers to CONNECT that lead to no host.
const (
	ConnectBadGateway ConnectAnswer = "bad-gateway" // 502
	ConnectUnanswered ConnectAnswer = "unanswered"  // nothing, and the connection stays open
	ConnectReset      ConnectAnswer = "reset"       // a TCP reset
	ConnectClose      ConnectAnswer = "close"       // the end of the connection, without a word

	// ConnectPage grants a tunnel in which a web page answers, over HTTP,
	// whatever the client says.
	ConnectPage ConnectAnswer = "page"
)
