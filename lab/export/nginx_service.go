package export

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/lab/servers"
	"github.com/tlslab/tlslab/scenarios"
)

// nginxLocation is a location block.
type nginxLocation struct {
	Match      string // as behind the word location
	Directives []string
}

// nginxAnswer is a location that only nginx itself leads to, with a file.
type nginxAnswer struct {
	Path, Type string
}

// nginxAnswers are the blocks of a host for what replaces its service.
type nginxAnswers struct {
	locations  []nginxLocation
	files      []nginxAnswer
	directives []string
}

// service is the location for what a host serves, and the blocks for answers.
func (n *nginx) service(name string, h scenarios.Host) (nginxLocation, nginxAnswers) {
	var answers nginxAnswers
	for i, a := range h.Answers {
		n.answer(name, i, a, &answers)
	}
	location := nginxLocation{Match: "/", Directives: n.content(name, h, &answers)}
	if len(h.Users) > 0 {
		location.Directives = append(location.Directives, `auth_basic "host"`, "auth_basic_user_file "+n.users(name, h.Users))
		body := n.file(name, "unauthorized", http.StatusText(http.StatusUnauthorized)+"\n", "text/plain; charset=utf-8", &answers)
		location.Directives = append(location.Directives, "error_page 401 "+body)
	}
	return location, answers
}

// content are the directives for what a host serves.
func (n *nginx) content(name string, h scenarios.Host, answers *nginxAnswers) []string {
	static := func(files map[string][]byte, err error) []string {
		if err != nil {
			n.add(name, "serves: "+string(h.Serves), "%v", err)
		}
		for file, data := range files {
			n.tree["www/"+fileName(name)+"/"+file] = File{Data: data}
		}
		return []string{"root www/" + fileName(name)}
	}
	switch h.Serves {
	case scenarios.Modules:
		relayed := n.made.Sumdb
		if h.RelaysSumdb != nil && !*h.RelaysSumdb {
			relayed = nil
		}
		return static(servers.Static(n.made.Store, relayed))
	case scenarios.Sumdb:
		return static(servers.StaticSumdb(n.made.Store, n.made.Sumdb))
	case scenarios.Page:
		page := n.file(name, "page", servers.Page, "text/html; charset=utf-8", answers)
		return []string{"rewrite ^ " + page + " last"}
	case scenarios.ReverseProxy:
		return n.upstream(name, *h.Upstream, answers)
	}
	return []string{"return 404"}
}

// upstream is a reverse proxy that keeps the files of modules, which never
// change (https://go.dev/ref/mod#goproxy-protocol).
func (n *nginx) upstream(name string, u scenarios.Upstream, answers *nginxAnswers) []string {
	n.Caches = true
	list := []string{
		"proxy_pass https://" + net.JoinHostPort(n.Listen, n.port(u.Host, "443")),
		"proxy_http_version 1.1",
		"proxy_set_header Host " + u.Host,
		"proxy_ssl_server_name on",
		"proxy_ssl_name " + u.Host,
		"proxy_ssl_protocols TLSv1.2 TLSv1.3",
		"proxy_ssl_session_reuse off",
		"proxy_cache $modules",
		"proxy_cache_valid 200 1h",
	}
	if u.Verifies == nil || *u.Verifies {
		list = append(list, "proxy_ssl_verify on", "proxy_ssl_verify_depth 9",
			"proxy_ssl_trusted_certificate "+n.bundle("trusts-"+name, u.Trusts))
		if len(u.Trusts) == 0 {
			n.add(name, "upstream.trusts", "a file without certificates is none to OpenSSL; name one, be it another's")
		}
	}
	if u.Certificate != "" {
		list = append(list, "proxy_ssl_certificate "+n.bundle("chain-"+u.Certificate, []string{u.Certificate}),
			"proxy_ssl_certificate_key "+n.key(name, u.Certificate))
		n.acceptable(name, u)
	}
	if u.FailureStatus == 0 {
		n.Notes = append(n.Notes, fmt.Sprintf("Where %s gets nothing from %s, nginx answers 502 and keeps the reason to its error log; tlslab's own server puts it into the answer.", name, u.Host))
		return list
	}
	body := n.file(name, "failure", http.StatusText(u.FailureStatus)+"\n", "text/plain; charset=utf-8", answers)
	return append(list, fmt.Sprintf("error_page 502 504 =%d %s", u.FailureStatus, body))
}

// acceptable refuses a client certificate that the other host takes from
// nobody: nginx answers it with the status 400, and a world means an alert.
func (n *nginx) acceptable(name string, u scenarios.Upstream) {
	other := n.world.Hosts[u.Host].TLS
	if other == nil || len(other.ClientCAs) == 0 {
		return
	}
	if issuer := n.world.Certificates[u.Certificate].Issuer; !slices.Contains(other.ClientCAs, cmp.Or(issuer, u.Certificate)) {
		n.add(name, "upstream.certificate: "+u.Certificate, "host %s does not accept it (client-cas), for which nginx has the status 400 and no alert", u.Host)
	}
}

// users is a file for auth_basic_user_file.
func (n *nginx) users(name string, users map[string]string) string {
	var lines strings.Builder
	for _, user := range sorted(users) {
		if strings.ContainsAny(user+users[user], "\n\r") || strings.Contains(user, ":") {
			n.add(name, "users: "+user, "its file of users has lines of name:password")
		}
		fmt.Fprintf(&lines, "%s:{PLAIN}%s\n", user, users[user])
	}
	file := "users/" + fileName(name)
	n.tree[file] = File{Data: []byte(lines.String()), Mode: secret}
	return file
}

// answer renders one answer that replaces the service.
func (n *nginx) answer(name string, i int, a scenarios.Answer, answers *nginxAnswers) {
	word := fmt.Sprintf("answers[%d]", i)
	status := cmp.Or(a.Status, http.StatusOK)
	kind := cmp.Or(a.Type, http.DetectContentType([]byte(a.Body))) // as net/http does
	switch {
	case a.Cut:
		n.add(name, word+".cut", "it ends no answer in the middle")
		return
	case strings.ContainsAny(a.Path+a.Location, "$\"\\") || strings.ContainsAny(a.Path, "[]"):
		n.add(name, word, "a path or location with one of $ \" \\ [ ] would mean something else there")
		return
	case status/100 == 3 && a.Body != "":
		n.add(name, word+".body", "a redirect has a body of its own there; leave the body out")
		return
	case status/100 == 2 && status != http.StatusOK && a.Body != "":
		n.add(name, word+".status", "a body goes with 200 and with failures alone")
		return
	}
	if a.WithoutCertificate {
		if status != http.StatusBadRequest || a.Path != "" {
			n.add(name, word+".without-certificate", "it answers clients without certificate with the status 400, on every path")
			return
		}
		answers.directives = append(answers.directives, fmt.Sprintf("error_page 496 =400 %s", n.file(name, word, a.Body, kind, answers)))
		return
	}
	location := nginxLocation{Match: "~ " + quote(pattern(a.Path))}
	switch {
	case status/100 == 3:
		location.Directives = []string{fmt.Sprintf("return %d %s", status, quote(a.Location))}
	case status == http.StatusOK:
		location.Directives = []string{"rewrite ^ " + n.file(name, word, a.Body, kind, answers) + " last"}
	case status/100 == 2:
		location.Directives = []string{fmt.Sprintf("return %d", status)}
	default:
		location.Directives = []string{fmt.Sprintf("error_page %d %s", status, n.file(name, word, a.Body, kind, answers)), fmt.Sprintf("return %d", status)}
	}
	answers.locations = append(answers.locations, location)
}

// file is the path at which nginx finds a body for itself.
func (n *nginx) file(host, name, body, kind string, answers *nginxAnswers) string {
	name = strings.NewReplacer("[", "-", "]", "").Replace(name)
	at := "/.tlslab/" + name
	n.tree[path.Join("answers", fileName(host), at)] = File{Data: []byte(body)}
	answers.files = append(answers.files, nginxAnswer{at, kind})
	return at
}

// pattern turns the pattern of an answer into an expression for a whole path.
func pattern(glob string) string {
	if glob == "" {
		return "^"
	}
	var b strings.Builder
	for i := 0; i < len(glob); i++ {
		switch {
		case strings.HasPrefix(glob[i:], "**"):
			b.WriteString(".*")
			i++
		case glob[i] == '*':
			b.WriteString("[^/]*")
		case glob[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	return "^" + b.String() + "$"
}
