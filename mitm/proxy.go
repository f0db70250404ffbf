package mitm

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/elazarl/goproxy"
)

// ProxyConfig is how an HTTP proxy behaves. Dial is needed, and Intercept
// where Intercepts chooses a host; the zero value of the rest is a proxy for
// everybody that tunnels every CONNECT.
type ProxyConfig struct {
	// Dial reaches the hosts, for tunnels and for requests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// TLS is how the proxy verifies the hosts whose TLS it opens. Nil means
	// crypto/tls's defaults, and so the roots of this machine.
	TLS *tls.Config

	Intercepts Patterns          // whose TLS it opens
	Forbids    Patterns          // whom it refuses with 403
	Users      map[string]string // passwords by name, for Basic authentication (RFC 7617); empty means everybody
	Connect    Connect           // how it answers a CONNECT that it would grant

	// Schemes are what it offers those who have to say who they are (RFC 9110,
	// section 11.7.1). Nil means Basic, without which no password is believed.
	Schemes []string

	// Intercept takes over a client's connection for address, a host and a
	// port, after CONNECT has been granted. It must not block.
	Intercept func(client net.Conn, address string)

	// Change may put something between the proxy's clients and next, which
	// forwards their requests: all but CONNECT. Nil changes nothing.
	Change func(next http.Handler) http.Handler
}

// Connect is how a proxy answers a CONNECT request from somebody it knows to a
// host that is not forbidden.
type Connect string

// The answers to CONNECT.
const (
	Grant      Connect = ""            // a tunnel, or an interception
	BadGateway Connect = "bad-gateway" // 502, as for a host that it cannot reach
	Unanswered Connect = "unanswered"  // nothing, until the client leaves
	Reset      Connect = "reset"       // a TCP reset
	Close      Connect = "close"       // the end of the connection, without a word
	Page       Connect = "page"        // a tunnel, in which a web page answers
)

// Proxy is an HTTP proxy (RFC 9110, section 7.6), as an [http.Handler] of what
// clients ask it for: CONNECT, and requests in absolute form. The server must
// let it hijack connections, which HTTP/2 does not. What it hijacks it closes
// when either end is gone. It asks nobody but Dial, whatever the environment
// of this process says. It is safe for concurrent use.
type Proxy struct {
	cfg      ProxyConfig
	proxy    *goproxy.ProxyHttpServer // CONNECT, and no change
	requests http.Handler             // all others, changed
}

// NewProxy makes a proxy. It has no goroutine while nobody uses it.
func NewProxy(cfg ProxyConfig) *Proxy {
	g := goproxy.NewProxyHttpServer()
	g.Logger = log.New(io.Discard, "", 0)
	g.ConnectDial = nil // the library has read HTTPS_PROXY for it
	g.KeepAcceptEncoding = true
	g.Tr = &http.Transport{
		DialContext:        cfg.Dial,
		TLSClientConfig:    cfg.TLS,
		DisableKeepAlives:  true, // so that no connection outlives its request
		DisableCompression: true,
	}
	p := &Proxy{cfg: cfg, proxy: g, requests: g}
	g.OnRequest().HandleConnectFunc(p.connect)
	g.OnResponse().DoFunc(explain)
	if cfg.Change != nil {
		p.requests = cfg.Change(g)
	}
	return p
}

// ServeHTTP answers a client that knows that it speaks to a proxy.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch connect := r.Method == http.MethodConnect; {
	case !p.knows(r):
		p.challenge(w)
	case connect && !isAuthority(r.URL):
		refuse(w, http.StatusBadRequest)
	case p.cfg.Forbids.Match(r.URL.Hostname()):
		refuse(w, http.StatusForbidden)
	case connect && p.cfg.Connect == BadGateway:
		refuse(w, http.StatusBadGateway)
	case connect && p.cfg.Connect == Unanswered:
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // not a word, also not 200
	case connect && p.cfg.Connect != Grant:
		p.forsake(w)
	case connect:
		p.proxy.ServeHTTP(w, r)
	case !r.URL.IsAbs():
		refuse(w, http.StatusBadRequest) // it is a proxy, and no server
	default:
		p.requests.ServeHTTP(w, r)
	}
}

// Intercepted answers the requests that come over connections whose TLS was
// opened, for https at the host that they name.
func (p *Proxy) Intercepted() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme, r.URL.Host = "https", r.Host
		p.requests.ServeHTTP(w, r)
	})
}

// isAuthority says whether u is what CONNECT may ask for: a host and a port, and
// nothing else (RFC 9110, section 9.3.6).
func isAuthority(u *url.URL) bool {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0 && u.Hostname() != "" && *u == url.URL{Scheme: u.Scheme, Host: u.Host}
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, http.StatusText(status), status)
}

// knows says whether a request comes from one of the users.
func (p *Proxy) knows(r *http.Request) bool {
	if len(p.cfg.Users) == 0 {
		return true
	}
	scheme, credentials, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
	if !strings.EqualFold(scheme, basic) || !p.offersBasic() {
		return false
	}
	decoded, err := base64.StdEncoding.DecodeString(credentials)
	if err != nil {
		return false
	}
	name, password, _ := strings.Cut(string(decoded), ":")
	want, ok := p.cfg.Users[name]
	return ok && subtle.ConstantTimeCompare([]byte(password), []byte(want)) == 1
}

// connect chooses between a tunnel and an interception. None of the library's
// own actions will do: they sign with a key that everybody has.
func (p *Proxy) connect(address string, ctx *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) {
	if p.cfg.Intercepts.Match(ctx.Req.URL.Hostname()) {
		return &goproxy.ConnectAction{Action: goproxy.ConnectHijack, Hijack: p.intercept}, address
	}
	return &goproxy.ConnectAction{Action: goproxy.ConnectAccept}, address
}

func (p *Proxy) intercept(r *http.Request, client net.Conn, _ *goproxy.ProxyCtx) {
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = client.Close()
		return
	}
	p.cfg.Intercept(client, r.URL.Host)
}

// explain answers for a host that gave no answer: 502, and why.
func explain(answer *http.Response, ctx *goproxy.ProxyCtx) *http.Response {
	if answer == nil && ctx.Error != nil {
		return goproxy.NewResponse(ctx.Req, goproxy.ContentTypeText, http.StatusBadGateway, ctx.Error.Error()+"\n")
	}
	return answer
}
