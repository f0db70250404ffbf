package certgen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"testing"
	"time"
)

// The set that all benchmarks make: root, intermediate and leaf.
func threeSpecs(key string) map[string]Spec {
	return map[string]Spec{
		"root":         {CA: true, Subject: "CN=Corp Root CA", Key: key},
		"intermediate": {CA: true, Subject: "CN=Corp Issuing CA", Issuer: "root", Key: key},
		"proxy":        {Issuer: "intermediate", Names: []string{"proxy.corp.test"}, Key: key},
	}
}

func BenchmarkSet(b *testing.B) {
	specs, now := threeSpecs(""), time.Now()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Generate(specs, now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareKeysAndSignatures is the work that BenchmarkSet cannot avoid.
func BenchmarkBareKeysAndSignatures(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		bareKeysAndSignatures(b)
	}
}

func bareKeysAndSignatures(b *testing.B) {
	digest := sha256.Sum256([]byte("a certificate"))
	for range 3 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSetToBare takes the two in turn and reports how many times the bare
// work a set costs, by the medians, which a machine that changes its speed
// cannot falsify.
func BenchmarkSetToBare(b *testing.B) {
	specs, now := threeSpecs(""), time.Now()
	var sets, bares []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := Generate(specs, now); err != nil {
			b.Fatal(err)
		}
		sets = append(sets, time.Since(start))
		start = time.Now()
		bareKeysAndSignatures(b)
		bares = append(bares, time.Since(start))
	}
	b.ReportMetric(float64(median(sets))/float64(median(bares)), "x-bare")
}

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

// BenchmarkCreateCertificate makes the same set with crypto/x509.
func BenchmarkCreateCertificate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var parent *x509.Certificate
		var parentKey *ecdsa.PrivateKey
		for _, template := range peerTemplates(time.Now()) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			if parent == nil {
				parent, parentKey = template, key
			}
			der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
			if err != nil {
				b.Fatal(err)
			}
			if parent, err = x509.ParseCertificate(der); err != nil {
				b.Fatal(err)
			}
			parentKey = key
		}
	}
}

func peerTemplates(now time.Time) []*x509.Certificate {
	authority := func(name string) *x509.Certificate {
		return &x509.Certificate{
			Subject:               pkix.Name{CommonName: name},
			NotBefore:             now.Add(-time.Hour),
			NotAfter:              now.Add(90 * 24 * time.Hour),
			KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
			BasicConstraintsValid: true,
			IsCA:                  true,
		}
	}
	return []*x509.Certificate{
		authority("Corp Root CA"),
		authority("Corp Issuing CA"),
		{
			Subject:               pkix.Name{CommonName: "proxy.corp.test"},
			NotBefore:             now.Add(-time.Hour),
			NotAfter:              now.Add(90 * 24 * time.Hour),
			KeyUsage:              x509.KeyUsageDigitalSignature,
			ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			BasicConstraintsValid: true,
			DNSNames:              []string{"proxy.corp.test"},
		},
	}
}

// BenchmarkSetRSA2048 has the pool warm: what a set costs after the first one.
func BenchmarkSetRSA2048(b *testing.B) {
	specs, now := threeSpecs("rsa-2048"), time.Now()
	if _, err := Generate(specs, now); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Generate(specs, now); err != nil {
			b.Fatal(err)
		}
	}
}
