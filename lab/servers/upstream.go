package servers

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// NewUpstream is a reverse proxy of https://host, which it reaches by dial and
// verifies with config. A failure is answered with the status failure and no
// word of why, or where failure is zero, with 502 and the error as text.
// Each request takes a connection of its own, so none outlives its request.
func NewUpstream(dial func(ctx context.Context, network, addr string) (net.Conn, error), host string, config *tls.Config, failure int) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "https", Host: host})
		},
		Transport: &http.Transport{
			DialContext:       dial,
			TLSClientConfig:   config,
			DisableKeepAlives: true,
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if failure != 0 {
				http.Error(w, http.StatusText(failure), failure)
				return
			}
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
}
