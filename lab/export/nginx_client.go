package export

import (
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/tlslab/tlslab/lab/client"
)

// client renders what somebody needs to meet the hosts: the trust, the
// environment, and notes on what of the world's own client nginx is not.
func (n *nginx) client() {
	c := n.world.Client
	env := map[string]string{"GOPROXY": client.GOPROXY(n.world), "GOSUMDB": n.made.Sumdb.VerifierKey()}
	if len(c.Trusts) > 0 {
		n.bundle("trust", c.Trusts)
		env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = "$PWD/certs/trust.pem", "/nonexistent"
	}
	for name, value := range c.Env {
		env[name] = value
	}
	for _, name := range sorted(env) {
		n.Env = append(n.Env, name+"="+shellVariable(n.there(env[name])))
	}
	note := func(given bool, format string, args ...any) {
		if given {
			n.Notes = append(n.Notes, fmt.Sprintf(format, args...)+"; tlslab shell "+n.Case.Scenario.Handle()+" has it.")
		}
	}
	note(c.Image != "", "The client's image (%s) is not here", c.Image)
	note(c.Clock != "", "The client's clock (%s) is not nginx's to set", c.Clock)
	note(len(c.Files) > 0, "The client's files are not here: %s", strings.Join(sorted(c.Files), ", "))
	note(len(c.Before) > 0, "What the client does before its command is not here")
	for _, name := range sorted(n.world.Names) {
		note(true, "What the client's resolver is told is not here: %s %s", name, n.world.Names[name])
	}
}

// there is a setting with the ports of nginx in the place of the world's.
func (n *nginx) there(value string) string {
	for _, own := range sorted(n.ports) {
		host, port, _ := net.SplitHostPort(own)
		usual := map[string]string{"443": "https://", "80": "http://"}[port]
		if usual != "" {
			bare := regexp.MustCompile(regexp.QuoteMeta(usual+host) + `(:` + port + `)?([/,| ]|$)`)
			value = bare.ReplaceAllString(value, usual+host+":"+n.port(host, port)+"$2")
		}
		explicit := regexp.MustCompile(regexp.QuoteMeta(host+":"+port) + `\b`)
		value = explicit.ReplaceAllString(value, host+":"+n.port(host, port))
	}
	return value
}

// shellVariable is a value as a shell assigns it, in which variables stand.
func shellVariable(value string) string {
	if strings.Contains(value, "$") && !strings.ContainsAny(value, "\"`\\") {
		return `"` + value + `"`
	}
	return shellWord(value)
}
