package scenarios

// Host is one server.
type Host struct {
	// Serves is what it is there for.
	Serves Service `json:"serves,omitempty"`

	// RelaysSumdb says whether a module host passes requests on to the
	// checksum database, as public proxies do. Nil means that it does.
	RelaysSumdb *bool `json:"relays-sumdb,omitempty"`

	// Upstream is where a host with Serves upstream gets its answers.
	Upstream *Upstream `json:"upstream,omitempty"`

	// Proxy is how a host with Serves proxy behaves. Answers of such a host are
	// given for requests that pass through it.
	Proxy *Proxy `json:"proxy,omitempty"`

	// Users are passwords by name, for Basic authentication (RFC 7617). Whoever
	// sends none of them gets a 401 for whatever the host serves; Answers are
	// given to everybody. Empty means that the host asks nobody.
	Users map[string]string `json:"users,omitempty"`

	// Listens maps ports, in decimal, to what is spoken there. Nil means TLS
	// on 443; an empty mapping means that the host refuses every connection.
	Listens map[string]Protocol `json:"listens,omitzero"`

	// Presents is the chain as it is sent, end entity first, by certificate
	// name. The first one's key signs.
	Presents []string `json:"presents,omitempty"`

	// BySNI is presented instead when the client asks for that name.
	BySNI map[string][]string `json:"by-sni,omitempty"`

	// KeyOf names a certificate whose key signs instead of the first
	// presented one's: the key that does not belong.
	KeyOf string `json:"key-of,omitempty"`

	// TLS narrows what the host negotiates.
	TLS *TLS `json:"tls,omitempty"`

	// Behind is what stands before the host, outermost first.
	Behind []Middlebox `json:"behind,omitempty"`

	// Answers are given instead of what the host serves; the first whose path
	// fits.
	Answers []Answer `json:"answers,omitempty"`

	// Says are the bytes that the host writes in place of an answer once the
	// client has sent something, before it ends the connection. The key is the
	// protocol that was negotiated by ALPN; "none" is for a connection without
	// one, to which those of a port without TLS belong.
	Says map[string]string `json:"says,omitempty"`

	// Backends are the machines behind one address, each a merge patch of
	// this host, taken in turn by the connections.
	Backends []Patch `json:"backends,omitempty"`
}

// Service is the content of a host.
type Service string

// What a host can serve.
const (
	Modules      Service = "modules"  // the GOPROXY protocol, https://go.dev/ref/mod#goproxy-protocol
	Sumdb        Service = "sumdb"    // a checksum database
	Git          Service = "git"      // repositories over https and the go-import page
	Page         Service = "page"     // a web page that is no answer to go
	ReverseProxy Service = "upstream" // a reverse proxy of another host
	ForwardProxy Service = "proxy"    // an HTTP proxy, RFC 9110, section 7.6
)

// Protocol is what a port speaks.
type Protocol string

// The protocols of a port.
const (
	SpeaksTLS  Protocol = "tls"
	SpeaksHTTP Protocol = "http"

	// SpeaksTransparent is for a proxy that is in the way: it takes what
	// clients send to this port of any host that it intercepts, as well as its
	// own, and goes by the name they ask for in TLS.
	SpeaksTransparent Protocol = "transparent"
)

// Upstream is the far side of a reverse proxy.
type Upstream struct {
	Host        string   `json:"host"`                  // a host of the world, reached on 443
	Trusts      []string `json:"trusts,omitempty"`      // what the proxy verifies with
	Certificate string   `json:"certificate,omitempty"` // its own, where the host asks for one

	// Verifies says whether the proxy verifies the host. Nil means that it does.
	Verifies *bool `json:"verifies,omitempty"`

	// FailureStatus is what the proxy answers where it gets nothing from the
	// host, without a word of why. Zero means 502, with the reason as text.
	FailureStatus int `json:"failure-status,omitempty"`
}

// TLS is what a host negotiates. The zero value is crypto/tls's own choice.
type TLS struct {
	Min string `json:"min,omitempty" jsonschema:"enum=1.0,enum=1.1,enum=1.2,enum=1.3"` // the oldest version
	Max string `json:"max,omitempty" jsonschema:"enum=1.0,enum=1.1,enum=1.2,enum=1.3"` // the newest version

	// Ciphers are IANA names, for TLS 1.2 and before. With those that
	// crypto/tls does not have, ephemeral Diffie-Hellman and NULL among them, a
	// host can offer nothing to a client of go, and finish no handshake with
	// any.
	Ciphers []string `json:"ciphers,omitempty"`

	// Curves are key exchange groups (RFC 8446, section 4.2.7). For X448 and
	// ffdhe2048 the same holds as for ciphers that crypto/tls does not have.
	Curves []string `json:"curves,omitempty" jsonschema:"enum=X25519,enum=P-256,enum=P-384,enum=P-521,enum=X25519MLKEM768,enum=X448,enum=ffdhe2048"`

	// Signatures are the schemes with which the host signs handshakes (RFC
	// 8446, section 4.2.3), as far as its key can. Nil means all. A lab whose
	// process lacks GODEBUG=tlssha1=1 cannot sign with SHA-1, and says so.
	Signatures []string `json:"signatures,omitempty"`

	// ALPN is what the host offers (RFC 7301). Nil means h2 and http/1.1; an
	// empty list means that the host knows no ALPN.
	ALPN []string `json:"alpn,omitzero"`

	// ClientCertificate is "requested" or "required"; empty means none.
	ClientCertificate string `json:"client-certificate,omitempty" jsonschema:"enum=requested,enum=required"`

	// ClientCAs name the certificates that a client's must chain to.
	ClientCAs []string `json:"client-cas,omitempty"`
}

// Answer replaces what a host serves under some paths.
type Answer struct {
	// Path is a pattern in path.Match form, in which ** also matches slashes.
	// Empty fits every request.
	Path string `json:"path,omitempty"`

	// WithoutCertificate says that only those clients are answered so who have
	// presented no certificate.
	WithoutCertificate bool `json:"without-certificate,omitempty"`

	Status   int    `json:"status,omitempty"`   // zero means 200
	Type     string `json:"type,omitempty"`     // Content-Type
	Location string `json:"location,omitempty"` // of a redirect
	Body     string `json:"body,omitempty"`

	// Cut ends the connection in the middle of the body that the host would
	// have sent.
	Cut bool `json:"cut,omitempty"`
}
