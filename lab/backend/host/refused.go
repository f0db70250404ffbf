package host

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tlslab/tlslab/scenarios"
)

// expressesPorts refuses a client whose GOPROXY names a closed port of a host
// without a proxy in between: the tunnel would answer in the host's place.
func expressesPorts(w *scenarios.World) error {
	if w.Client.Env["HTTPS_PROXY"] != "" || w.Client.Env["https_proxy"] != "" {
		return nil
	}
	for address := range strings.FieldsFuncSeq(w.Client.Env["GOPROXY"], isSeparator) {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			continue
		}
		host, known := w.Hosts[u.Hostname()]
		if port := portOf(u); known && !listens(host, port) {
			return fmt.Errorf("host %s: it does not listen on port %s, and a refused connection cannot be shown through a tunnel", u.Hostname(), port)
		}
	}
	return nil
}

// isSeparator tells what stands between the proxies of GOPROXY.
func isSeparator(r rune) bool { return r == ',' || r == '|' }

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// listens says whether a port of h is open; one that names none has 443.
func listens(h scenarios.Host, port string) bool {
	if h.Listens == nil {
		return port == "443"
	}
	return h.Listens[port] != ""
}
