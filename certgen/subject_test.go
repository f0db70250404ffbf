package certgen

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSubject(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{ // want is hexadecimal DER
		{"none", "3000"},
		{"CN=a", "300c310a300806035504031301" + "61"},
		{"cn=a", "300c310a300806035504031301" + "61"},
		{"2.5.4.3=a", "300c310a300806035504031301" + "61"},
		{" CN = a ", "300c310a300806035504031301" + "61"},
		{"CN=#0c0161", "300c310a30080603550403" + "0c0161"},
		{`CN=\ a\2c\ `, "300f310d300b0603550403" + "1304" + "20612c20"},
		{`CN=*`, "300c310a30080603550403" + "0c012a"},
		{"CN=", "300b310930070603550403" + "1300"},
		{"O=b,C=a", "3018" + "310a300806035504061301" + "61" + "310a3008060355040a1301" + "62"},
		{"O=b+C=a", "3016" + "3114" + "300806035504061301" + "61" + "3008060355040a1301" + "62"},
		{"DC=test", "30163114" + "3012060a0992268993f22c640119" + "1604" + "74657374"},
		{"emailAddress=a@b.test", "3019" + "3117" + "301506092a864886f70d010901" + "1608" + "6140622e74657374"},
	}
	for _, test := range tests {
		der, err := subjectDER(test.text)
		require.NoError(t, err, test.text)
		assert.Equal(t, test.want, hexOf(der), test.text)
	}
	for text, want := range map[string]string{
		"Corp Root CA": `"Corp Root CA" is not a distinguished name: expected TYPE=VALUE, such as CN=Corp Root CA,O=Corp (RFC 4514), at "Corp Root CA"`,
		"CN=a,":        `"CN=a," is not a distinguished name: expected TYPE=VALUE, such as CN=Corp Root CA,O=Corp (RFC 4514), at ""`,
		"CM=a":         `"CM=a": unknown attribute type "CM" (did you mean "CN"?): expected C, CN, DC, EMAILADDRESS, L, O, OU, POSTALCODE, SERIALNUMBER, ST, STREET, UID, or a dotted object identifier`,
		`CN=a;b`:       `"CN=a;b": value of CN: ";" must be escaped as \3b (RFC 4514, section 2.4)`,
		`CN=a\q`:       `"CN=a\\q": value of CN: a backslash must be followed by a special character or two hexadecimal digits (RFC 4514, section 2.4)`,
		`CN=\ff`:       `"CN=\\ff": value of CN: "\xff" is not UTF-8`,
		`CN=#0c`:       `"CN=#0c": value of CN: #0c: expected one DER element, such as #0c0141`,
		`CN=#0`:        `"CN=#0": value of CN: #0: expected pairs of hexadecimal digits`,
	} {
		_, err := subjectDER(text)
		assert.EqualError(t, err, want)
	}
}

// TestDefaultSubject holds that a subject made of a name is always readable
// again, whatever the name.
func TestDefaultSubject(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "CN=root", defaultSubject("root", nil))
	assert.Equal(t, "CN=h7.corp.test", Spec{Names: []string{"h{7..9}.corp.test"}}.SubjectFor("root"))
	assert.Equal(t, "CN=127.0.0.1", defaultSubject("root", []string{"dns:127.0.0.1", "b.test"}))
	for _, name := range []string{` a,b+c"d\e<f>g;h `, "#x", "\x00", "\xff", "=", "", " "} {
		subject := defaultSubject("root", []string{"dns:" + name})
		_, err := subjectDER(subject)
		assert.NoError(t, err, subject)
	}
}
