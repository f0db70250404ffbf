package certgen

import (
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForeignCertificateStandsAsItIs(t *testing.T) {
	elsewhere, err := Generate(map[string]Spec{"root": {CA: true, Subject: "CN=Customer Root,O=Customer", NotAfter: "-1d", NotBefore: "-9d"}}, time.Now())
	require.NoError(t, err)
	original := elsewhere.Certificate("root")

	specs := map[string]Spec{
		"customer": {PEM: "Subject: some explanation\n" + string(original.PEM())},
		"leaf":     {Issuer: "customer", Names: []string{"proxy.corp.test"}},
	}
	set, err := Generate(specs, time.Now())
	require.NoError(t, err)

	copied := set.Certificate("customer")
	assert.Equal(t, original.Raw, copied.Raw)
	assert.Equal(t, original.Subject, copied.Subject)
	assert.Equal(t, original.NotAfter, copied.NotAfter)
	assert.Equal(t, original.Subject, specs["customer"].SubjectFor("customer"))
	leaf, err := set.Certificate("leaf").Parse()
	require.NoError(t, err)
	root, err := copied.Parse()
	require.NoError(t, err)
	assert.Equal(t, root.RawSubject, leaf.RawIssuer)
	assert.ErrorContains(t, leaf.CheckSignatureFrom(root), "verification failure", "nobody here has its key")
}

func TestCheckForeign(t *testing.T) {
	made, err := Generate(map[string]Spec{"root": {CA: true}}, time.Now())
	require.NoError(t, err)
	sound := string(made.Certificate("root").PEM())
	tests := map[string]struct {
		spec Spec
		says string
	}{
		"no PEM at all":    {Spec{PEM: "certificate"}, "no PEM block found"},
		"on one line":      {Spec{PEM: strings.ReplaceAll(sound, "\n", " ")}, "no PEM block found"},
		"a key":            {Spec{PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY"}))}, `"PRIVATE KEY"`},
		"not X.509":        {Spec{PEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))}, "crypto/x509"},
		"two certificates": {Spec{PEM: sound + sound}, "a name of its own"},
		"and other fields": {Spec{PEM: sound, CA: true}, "leave the other fields out"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			problems := Check(map[string]Spec{"it": test.spec})
			require.NotEmpty(t, problems)
			assert.Equal(t, "pem", problems[0].Field)
			assert.Contains(t, problems[0].Message, test.says)
		})
	}
	assert.Empty(t, Check(map[string]Spec{"it": {PEM: sound}}))
}
