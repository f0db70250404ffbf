package mitm

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// page is what a proxy answers with in place of a tunnel.
const page = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Access denied</title></head>
<body><h1>Access denied</h1><p>Please open your browser and sign in.</p></body>
</html>
`

// forsake answers CONNECT in the ways that take the whole connection.
func (p *Proxy) forsake(w http.ResponseWriter) {
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, over which no client asks
	}
	defer client.Close()
	switch p.cfg.Connect {
	case Page:
		_ = portal(client)
		return
	case Reset:
		_ = reset(client)
	case Close:
		_ = halfCloseAndDrain(client)
	}
	panic(http.ErrAbortHandler) // without a status, also not 200
}

// portal grants a tunnel and answers what the client says in it, a ClientHello,
// as if that had been a request for a page.
func portal(client net.Conn) error {
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return err
	}
	if _, err := readHello(client); err != nil {
		return err
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
	if _, err := fmt.Fprintf(client, head, len(page), page); err != nil {
		return err
	}
	return halfCloseAndDrain(client)
}

// challenge asks for a password in every scheme that the proxy offers.
func (p *Proxy) challenge(w http.ResponseWriter) {
	for _, scheme := range p.schemes() {
		if strings.EqualFold(scheme, basic) {
			scheme += ` realm="proxy"` // RFC 7617, section 2
		}
		w.Header().Add("Proxy-Authenticate", scheme)
	}
	refuse(w, http.StatusProxyAuthRequired)
}

// basic is the one scheme in which the proxy knows its users.
const basic = "Basic"

func (p *Proxy) schemes() []string {
	if p.cfg.Schemes == nil {
		return []string{basic}
	}
	return p.cfg.Schemes
}

// offersBasic says whether a user name and a password can be believed.
func (p *Proxy) offersBasic() bool {
	return slices.ContainsFunc(p.schemes(), func(scheme string) bool { return strings.EqualFold(scheme, basic) })
}
