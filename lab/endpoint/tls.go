package endpoint

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tlslab/tlslab/certgen"
	"github.com/tlslab/tlslab/scenarios"
)

// newTLS is how a host negotiates, with the chain that choose has for a hello;
// for none, nil, crypto/tls sends the alert unrecognized_name. The callbacks
// expect that the configuration is used over a *conn, in which they leave what
// they saw.
func newTLS(host scenarios.Host, set *certgen.Set, choose func(*tls.ClientHelloInfo) (*Chain, error)) (*tls.Config, error) {
	var narrowed scenarios.TLS
	if host.TLS != nil {
		narrowed = *host.TLS
	}
	config := &tls.Config{
		SessionTicketsDisabled: true, // every run meets the whole handshake
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			hello.Conn.(*conn).hello(hello)
			return nil, nil
		},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			c, err := choose(hello)
			if c == nil || err != nil {
				return nil, err
			}
			hello.Conn.(*conn).chosen = c.Names
			return &c.Certificate, nil
		},
	}
	for _, narrow := range []func(*tls.Config, scenarios.TLS) error{setVersions, setCiphers, setCurves, setALPN} {
		if err := narrow(config, narrowed); err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
	}
	if err := setClientAuth(config, narrowed, set); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return config, nil
}

// Chain is what is presented, and what evidence calls its certificates.
type Chain struct {
	Names       []string
	Certificate tls.Certificate
}

// signed chooses what sign makes for the host that a client believes to speak
// to: the one that it has asked for already, or else by SNI. There is nothing
// for a client that tells neither.
func signed(sign func(host string) (*Chain, error)) func(*tls.ClientHelloInfo) (*Chain, error) {
	return func(hello *tls.ClientHelloInfo) (*Chain, error) {
		host := cmp.Or(hello.Conn.(*conn).asked, hello.ServerName)
		if host == "" {
			return nil, nil
		}
		return sign(strings.ToLower(host))
	}
}

// chains are what a host presents by the name that is asked for; the empty
// name is for every other.
type chains map[string]*Chain

func newChains(host scenarios.Host, set *certgen.Set) (chains, error) {
	if len(host.Presents)+len(host.BySNI) == 0 {
		return nil, errors.New("a host that speaks TLS must present something: expected names of certificates in presents or by-sni")
	}
	all := chains{}
	add := func(sni string, names []string, keyOf string) error {
		certificate, err := set.TLS(names, keyOf)
		if err == nil {
			err = setSignatures(&certificate, host.TLS)
		}
		all[strings.ToLower(sni)] = &Chain{names, certificate}
		return err
	}
	if len(host.Presents) > 0 {
		if err := add("", host.Presents, host.KeyOf); err != nil {
			return nil, fmt.Errorf("presents: %w", err)
		}
	}
	for sni, names := range host.BySNI {
		if err := add(sni, names, ""); err != nil {
			return nil, fmt.Errorf("by-sni %s: %w", sni, err)
		}
	}
	return all, nil
}

// choose returns nil where the host has nothing for the name.
func (all chains) choose(hello *tls.ClientHelloInfo) (*Chain, error) {
	if c := all[strings.ToLower(hello.ServerName)]; c != nil {
		return c, nil
	}
	return all[""], nil
}

var versions = map[string]uint16{
	"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}

// setVersions is explicit about the defaults, which depend on GODEBUG
// otherwise. A host that goes no further than TLS 1.1 needs a lower minimum.
func setVersions(config *tls.Config, t scenarios.TLS) (err error) {
	config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS13
	if t.Max != "" {
		if config.MaxVersion, err = lookup("version", t.Max, versions); err != nil {
			return err
		}
		config.MinVersion = min(config.MaxVersion, tls.VersionTLS12)
	}
	if t.Min != "" {
		if config.MinVersion, err = lookup("version", t.Min, versions); err != nil {
			return err
		}
	}
	if config.MinVersion > config.MaxVersion {
		return fmt.Errorf("min is %s and max %s: expected min to be the lower one", t.Min, t.Max)
	}
	return nil
}

// setCiphers leaves the defaults where the host names none. What those leave
// out, RSA key exchange and 3DES among it, is only used when it is named.
func setCiphers(config *tls.Config, t scenarios.TLS) error {
	return each("cipher suite", t.Ciphers, scenarios.CipherSuites(), &config.CipherSuites)
}

func setCurves(config *tls.Config, t scenarios.TLS) error {
	return each("curve", t.Curves, scenarios.Curves(), &config.CurvePreferences)
}

// setALPN offers h2 unless the host says otherwise, or could not speak it: TLS
// before 1.2 and most of the older cipher suites are forbidden in HTTP/2 (RFC
// 9113, section 9.2), and a host that negotiated both would have to break off.
func setALPN(config *tls.Config, t scenarios.TLS) error {
	switch {
	case t.ALPN != nil:
		config.NextProtos = t.ALPN
	case config.MaxVersion < tls.VersionTLS12 || slices.ContainsFunc(t.Ciphers, forbiddenInHTTP2):
		config.NextProtos = []string{"http/1.1"}
	default:
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	return nil
}

// forbiddenInHTTP2 says whether a cipher suite that crypto/tls has is in RFC
// 9113, appendix A: all but those with an ephemeral key exchange and an AEAD.
func forbiddenInHTTP2(cipher string) bool {
	aead := strings.Contains(cipher, "_GCM_") || strings.Contains(cipher, "_POLY1305_")
	return !aead || !strings.Contains(cipher, "_ECDHE_")
}

func setClientAuth(config *tls.Config, t scenarios.TLS, set *certgen.Set) error {
	for _, name := range t.ClientCAs {
		c := set.Certificate(name)
		if c == nil {
			return fmt.Errorf("client-cas: unknown certificate %q: expected %s", name, strings.Join(set.Names(), ", "))
		}
		parsed, err := c.Parse()
		if err != nil {
			return fmt.Errorf("client-cas: %s: %w", name, err)
		}
		if config.ClientCAs == nil {
			config.ClientCAs = x509.NewCertPool()
		}
		config.ClientCAs.AddCert(parsed)
	}
	verified := len(t.ClientCAs) > 0
	switch {
	case t.ClientCertificate == "":
	case t.ClientCertificate == "requested" && verified:
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case t.ClientCertificate == "requested":
		config.ClientAuth = tls.RequestClientCert
	case t.ClientCertificate == "required" && verified:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	case t.ClientCertificate == "required":
		config.ClientAuth = tls.RequireAnyClientCert
	default:
		return fmt.Errorf("unknown client-certificate %q: expected requested or required", t.ClientCertificate)
	}
	return nil
}

// each looks words up and appends what they stand for to list.
func each[T any](what string, words []string, known map[string]T, list *[]T) error {
	for _, word := range words {
		v, err := lookup(what, word, known)
		if err != nil {
			return err
		}
		*list = append(*list, v)
	}
	return nil
}

func lookup[T any](what, word string, known map[string]T) (T, error) {
	v, ok := known[word]
	if !ok {
		return v, fmt.Errorf("unknown %s %q: expected %s", what, word, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	return v, nil
}
