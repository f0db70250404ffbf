package servers

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tlslab/tlslab/scenarios"
)

// Answering gives the answer of the first rule whose path fits the request,
// and leaves every other request to next. A pattern that is malformed is an
// error.
func Answering(rules []scenarios.Answer, next http.Handler) (http.Handler, error) {
	for i, rule := range rules {
		if _, err := fits(rule.Path, ""); err != nil {
			return nil, fmt.Errorf("answer %d: path %q: %w", i+1, rule.Path, err)
		}
	}
	if len(rules) == 0 {
		return next, nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, rule := range rules {
			if ok, _ := fits(rule.Path, r.URL.Path); ok && !(rule.WithoutCertificate && presented(r)) {
				answer(rule, next, w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	}), nil
}

// presented says whether a request's client has presented a certificate.
func presented(r *http.Request) bool {
	return r.TLS != nil && len(r.TLS.PeerCertificates) > 0
}

func answer(rule scenarios.Answer, next http.Handler, w http.ResponseWriter, r *http.Request) {
	if rule.Cut {
		cut(next, w, r)
		return
	}
	for header, value := range map[string]string{"Content-Type": rule.Type, "Location": rule.Location} {
		if value != "" {
			w.Header().Set(header, value)
		}
	}
	w.WriteHeader(cmp.Or(rule.Status, http.StatusOK))
	_, _ = w.Write([]byte(rule.Body)) // fails only when the client is gone
}

// cut sends the headers that next would have sent and half of the body, and
// ends the connection. A client reads an unexpected end over HTTP/1.1 and a
// stream error over HTTP/2.
func cut(next http.Handler, w http.ResponseWriter, r *http.Request) {
	whole := &recorder{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(whole, r)
	maps.Copy(w.Header(), whole.header)
	w.Header().Set("Content-Length", strconv.Itoa(whole.body.Len()))
	w.WriteHeader(whole.status)
	_, _ = w.Write(whole.body.Bytes()[:whole.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// fits says whether name matches a pattern of path.Match in which ** also
// stands for any text with slashes. The empty pattern fits all.
func fits(pattern, name string) (bool, error) {
	if pattern == "" {
		return true, nil
	}
	before, after, found := strings.Cut(pattern, "**")
	if !found {
		return path.Match(pattern, name)
	}
	if _, err := fits(after, ""); err != nil {
		return false, err
	}
	for i := range len(name) + 1 {
		ok, err := path.Match(before, name[:i])
		if err != nil {
			return false, err
		}
		if ok && anyTailFits(after, name[i:]) {
			return true, nil
		}
	}
	return false, nil
}

// anyTailFits is for the text behind a **, which may swallow any beginning.
func anyTailFits(pattern, name string) bool {
	for i := range len(name) + 1 {
		if ok, _ := fits(pattern, name[i:]); ok {
			return true
		}
	}
	return false
}
