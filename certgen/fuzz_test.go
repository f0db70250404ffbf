package certgen

import (
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzGenerate holds that no text in a spec makes Generate panic, that Check
// foretells its errors, and that what it makes is DER of the right shape.
func FuzzGenerate(f *testing.F) {
	f.Add("CN=a+OU=b,O=c", "dns:a", "@b.test", "-1", "90d", "1.2.3")
	f.Add(`CN=\00,2.5.4.3=#0c0161`, "ip:::1", "10.0.0.0/8", "0xff", "2050-01-01T00:00:00Z", "2.999.1")
	f.Fuzz(func(t *testing.T, subject, name, constraint, serial, moment, id string) {
		specs := map[string]Spec{
			"root": {CA: true, Subject: subject, Permits: []string{constraint}},
			"leaf": {Issuer: "root", Names: []string{name}, Excludes: []string{constraint}, Serial: serial, NotAfter: Moment(moment),
				ExtendedKeyUsage: []string{id}, Extensions: []Extension{{OID: id}}},
		}
		problems := Check(specs)
		set, err := Generate(specs, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if len(problems) > 0 {
			require.Error(t, err)
			return
		}
		if err != nil {
			assert.ErrorContains(t, err, "is in the year")
			return
		}
		for _, name := range set.Names() {
			var shape struct {
				TBS       asn1.RawValue
				Algorithm asn1.RawValue
				Signature asn1.BitString
			}
			rest, err := asn1.Unmarshal(set.Certificate(name).Raw, &shape)
			require.NoError(t, err)
			require.Empty(t, rest)
		}
	})
}

// FuzzInteger compares the builder's integers with encoding/asn1.
func FuzzInteger(f *testing.F) {
	for _, n := range []int64{0, 1, 127, 128, 255, 256, 1 << 62} {
		f.Add(big.NewInt(n).Bytes(), false)
		f.Add(big.NewInt(n).Bytes(), true)
	}
	f.Fuzz(func(t *testing.T, magnitude []byte, negative bool) {
		n := new(big.Int).SetBytes(magnitude)
		if negative {
			n.Neg(n)
		}
		var b builder
		b.addBigInt(n)
		want, err := asn1.Marshal(n)
		require.NoError(t, err)
		require.Equal(t, want, []byte(b))
	})
}

// TestLengths compares the builder's lengths with encoding/asn1 where their
// form changes.
func TestLengths(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 127, 128, 255, 256, 65535, 65536, 1 << 24} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(i)
		}
		var b builder
		b.addValue(4, content)
		want, err := asn1.Marshal(content)
		require.NoError(t, err)
		require.Equal(t, want, []byte(b), size)
	}
}

// TestManyNames is a certificate that needs long lengths at every level.
func TestManyNames(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 10_000 {
		names = append(names, "h"+big.NewInt(int64(i)).String()+".corp.test")
	}
	set, err := Generate(map[string]Spec{"it": {Names: names}}, time.Now())
	require.NoError(t, err)
	var parsed *x509.Certificate
	parsed, err = set.Certificate("it").Parse()
	require.NoError(t, err)
	assert.Equal(t, names, parsed.DNSNames)
}
