package certgen_test

import (
	"crypto/x509"
	"fmt"
	"log"
	"time"

	"github.com/tlslab/tlslab/certgen"
)

// A chain whose leaf has expired, and what a Go client says of it.
func ExampleGenerate() {
	now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	set, err := certgen.Generate(map[string]certgen.Spec{
		"root":  {CA: true, Subject: "CN=Corp Root CA"},
		"proxy": {Issuer: "root", Names: []string{"proxy.corp.test"}, NotBefore: "-2y", NotAfter: "-1d"},
	}, now)
	if err != nil {
		log.Fatal(err)
	}

	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(set.Certificate("root").PEM())
	leaf, err := set.Certificate("proxy").Parse()
	if err != nil {
		log.Fatal(err)
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "proxy.corp.test", CurrentTime: now})
	fmt.Println(err)
	// Output:
	// x509: certificate has expired or is not yet valid: current time 2026-02-03T04:05:06Z is after 2026-02-02T04:05:06Z
}

// Everything that is wrong with a set of specs, at once.
func ExampleCheck() {
	for _, problem := range certgen.Check(map[string]certgen.Spec{
		"proxy": {Issuer: "rot", Version: 5},
		"root":  {CA: true},
	}) {
		fmt.Println(problem)
	}
	// Output:
	// certificate proxy: version: 5 is not an X.509 version: expected 1, 2 or 3
	// certificate proxy: issuer: unknown certificate "rot" (did you mean "root"?): expected root
}

// A bundle as somebody cut it out of a YAML file, which no client can load.
func ExampleBundle() {
	set, err := certgen.Generate(map[string]certgen.Spec{"root": {CA: true}}, time.Now())
	if err != nil {
		log.Fatal(err)
	}
	bundle, err := certgen.Bundle([]*certgen.Certificate{set.Certificate("root")}, certgen.PEMIndented)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(x509.NewCertPool().AppendCertsFromPEM(bundle))
	// Output:
	// false
}
