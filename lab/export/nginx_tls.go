package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// nginxTLS is what a server block with TLS says about it.
type nginxTLS struct {
	HTTP2      bool
	Protocols  string
	Ciphers    string // empty for nginx's own
	Groups     string // empty for OpenSSL's own
	Signatures string // empty for OpenSSL's own
	Verify     string // of client certificates; empty for none
	ClientCAs  string // a file
}

var tlsVersions = []string{"1.0", "1.1", "1.2", "1.3"}

// tls renders a port with TLS: one block for every name that is asked for, and
// others for the names that the host has chains of their own for.
func (n *nginx) tls(name string, h scenarios.Host, block nginxServer) {
	var t scenarios.TLS
	if h.TLS != nil {
		t = *h.TLS
	}
	before := len(n.errs)
	block.TLS = n.negotiation(name, h, t)
	for _, sni := range append([]string{""}, sorted(h.BySNI)...) {
		chain := h.Presents
		if sni != "" {
			chain = h.BySNI[sni]
		}
		named := block
		named.Names = sni
		if len(chain) > 0 {
			named.Chain, named.Key = n.chain(name, chain), n.key(name, chain[0])
		}
		if len(n.errs) == before {
			n.Servers = append(n.Servers, &named)
		}
	}
}

func (n *nginx) negotiation(name string, h scenarios.Host, t scenarios.TLS) *nginxTLS {
	s := &nginxTLS{Protocols: protocols(t)}
	old := strings.HasPrefix(s.Protocols+" ", "TLSv1 ") || strings.HasPrefix(s.Protocols, "TLSv1.1")
	s.Ciphers = strings.Join(words(n, name, "tls.ciphers", t.Ciphers, opensslSuites, refusedSuites), ":")
	s.Groups = strings.Join(words(n, name, "tls.curves", t.Curves, opensslGroups, refusedGroups), ":")
	s.Signatures = strings.Join(words(n, name, "tls.signatures", t.Signatures, opensslSignatures, nil), ":")
	if old || n.weaklySigned(h) || strings.Contains(s.Ciphers, "NULL") || strings.Contains(s.Signatures, "SHA1") {
		if s.Ciphers == "" {
			s.Ciphers = "DEFAULT"
		}
		s.Ciphers += ":@SECLEVEL=0"
	}
	n.alpn(name, t, s)
	n.verify(name, h, t, s)
	return s
}

// protocols are the versions in nginx's words. The default is the endpoint's.
func protocols(t scenarios.TLS) string {
	oldest, newest := t.Min, t.Max
	if newest == "" {
		newest = "1.3"
	}
	if oldest == "" {
		oldest = min(newest, "1.2")
	}
	var list []string
	for _, v := range tlsVersions {
		if oldest <= v && v <= newest {
			list = append(list, "TLSv"+strings.TrimSuffix(v, ".0"))
		}
	}
	return strings.Join(list, " ")
}

// words translates a list of words of one key, and refuses those that have a
// reason.
func words(n *nginx, host, key string, list []string, known, refused map[string]string) []string {
	var translated []string
	for _, word := range list {
		if translation, ok := known[word]; ok {
			translated = append(translated, translation)
			continue
		}
		n.add(host, key+": "+word, "%s", refused[word])
	}
	return translated
}

// alpn renders what nginx can offer: http/1.1, with or without h2.
func (n *nginx) alpn(name string, t scenarios.TLS, s *nginxTLS) {
	switch {
	case t.ALPN == nil:
		// As the endpoint decides it: HTTP/2 forbids the old (RFC 9113, section 9.2).
		s.HTTP2 = strings.Contains(s.Protocols, "TLSv1.2") || strings.Contains(s.Protocols, "TLSv1.3")
		s.HTTP2 = s.HTTP2 && !slices.ContainsFunc(t.Ciphers, func(c string) bool {
			return !strings.Contains(c, "_ECDHE_") || !strings.Contains(c, "_GCM_") && !strings.Contains(c, "_POLY1305_")
		})
	case slices.Equal(t.ALPN, []string{"http/1.1"}):
	case slices.Equal(t.ALPN, []string{"h2", "http/1.1"}):
		s.HTTP2 = true
	default:
		n.add(name, fmt.Sprintf("tls.alpn: %v", t.ALPN), "it knows http/1.1, and h2 before it; expected one of these two lists")
	}
}

// verify renders what is asked of clients. nginx finishes the handshake with
// everybody and refuses the request, which a world says by an answer.
func (n *nginx) verify(name string, h scenarios.Host, t scenarios.TLS, s *nginxTLS) {
	switch t.ClientCertificate {
	case "":
		return
	case "required":
		n.add(name, "tls.client-certificate: required", "it refuses a client without certificate by the status 400, after the handshake; write requested, and an answer of 400 with without-certificate")
		return
	}
	refuses := slices.ContainsFunc(h.Answers, func(a scenarios.Answer) bool { return a.WithoutCertificate })
	switch {
	case refuses && len(t.ClientCAs) == 0:
		n.add(name, "tls.client-cas", "to refuse clients without certificate it needs the authorities of the others; add client-cas")
		return
	case refuses:
		s.Verify = "on"
	case len(t.ClientCAs) == 0:
		s.Verify = "optional_no_ca"
		return
	default:
		s.Verify = "optional"
	}
	s.ClientCAs = n.bundle("client-cas-"+name, t.ClientCAs)
}

// weaklySigned says whether a chain of the host has what OpenSSL takes at no
// level of security but the lowest: short RSA keys and SHA-1 (SSL_CTX_set_security_level(3)).
func (n *nginx) weaklySigned(h scenarios.Host) bool {
	chains := [][]string{h.Presents}
	for _, chain := range h.BySNI {
		chains = append(chains, chain)
	}
	return slices.ContainsFunc(slices.Concat(chains...), func(name string) bool {
		spec := n.world.Certificates[name]
		if owner, ok := n.world.Certificates[spec.KeyOf]; ok {
			spec.Key = owner.Key
		}
		bits, err := strconv.Atoi(strings.TrimPrefix(spec.Key, "rsa-"))
		return err == nil && bits < 2048 || spec.Signature == "sha1"
	})
}

// chain is the file with what a host sends, end entity first.
func (n *nginx) chain(host string, names []string) string {
	for i, name := range names {
		spec := n.world.Certificates[name]
		switch {
		case spec.Raw != "" || spec.Trailing != "":
			n.add(host, "presents: "+name, "its bytes (raw, trailing) are no certificate that OpenSSL reads and sends unchanged")
		case spec.Signature == "md5":
			n.add(host, "presents: "+name, "OpenSSL finishes no handshake with a chain that is signed with MD5")
		case i == 0 && (spec.PEM != "" || spec.PublicKey != ""):
			n.add(host, "presents: "+name, "OpenSSL refuses a key that does not belong to the certificate (pem, public-key)")
		}
	}
	return n.bundle("chain-"+strings.Join(names, "-"), names)
}

// bundle is a file of certificates.
func (n *nginx) bundle(file string, names []string) string {
	var certs []*certgen.Certificate
	for _, name := range names {
		certs = append(certs, n.made.Set.Certificate(name))
	}
	data, _ := certgen.Bundle(certs, certgen.PEM) // a format that there is
	path := "certs/" + fileName(file) + ".pem"
	n.tree[path] = File{Data: data}
	return path
}

// key is the file with a certificate's key.
func (n *nginx) key(host, name string) string {
	data, err := n.made.Set.Certificate(name).KeyPEM()
	if err != nil {
		n.add(host, "presents: "+name, "%v", err)
	}
	path := "certs/" + name + ".key"
	n.tree[path] = File{Data: data, Mode: secret}
	return path
}
