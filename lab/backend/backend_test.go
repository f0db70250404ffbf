package backend

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(parentVar) != "" {
		parent()
	}
	goleak.VerifyTestMain(m)
}

type named struct {
	Backend
	name string
}

func (n named) Name() string { return n.name }

func TestRegister(t *testing.T) {
	before := All()
	defer func() { registry.backends = before }()
	Register(named{name: "one"})
	Register(named{name: "two"})
	got := All()
	require.Len(t, got, len(before)+2)
	assert.Equal(t, []string{"one", "two"}, []string{got[len(before)].Name(), got[len(before)+1].Name()})
	got[0] = nil
	assert.NotNil(t, All()[0], "a slice of the caller's own")
	assert.PanicsWithValue(t, `backend: "two" is registered twice`, func() { Register(named{name: "two"}) })
}

func TestLookPath(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	self, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	add := func(dir, name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, self[:1], mode))
		return path
	}
	add(first, "plain.exe", 0o644)
	tool := add(second, "tool.exe", 0o755)
	add(second, "both.exe", 0o755)
	both := add(first, "both.exe", 0o755)
	path := "PATH=" + strings.Join([]string{"", ".", first, second}, string(filepath.ListSeparator))

	for name, want := range map[string]string{"tool.exe": tool, "both.exe": both, tool: tool} {
		got, err := LookPath(Command{Args: []string{name}, Env: []string{"PATH=" + os.TempDir(), path}})
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	got, err := LookPath(Command{Args: []string{"./tool.exe"}, Dir: second})
	require.NoError(t, err)
	assert.Equal(t, tool, got)

	_, err = LookPath(Command{Args: []string{"absent.exe"}, Env: []string{path}})
	assert.ErrorIs(t, err, exec.ErrNotFound)
	assert.ErrorContains(t, err, second)
	_, err = LookPath(Command{Args: []string{"tool.exe"}, Dir: second, Env: []string{path[:len("PATH=")] + "."}})
	assert.ErrorIs(t, err, exec.ErrNotFound, "never from the folder it runs in")
	_, err = LookPath(Command{})
	assert.ErrorContains(t, err, "without a program")
}

func TestBundle(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a\nb\n", string(Bundle([][]byte{[]byte("a\n"), []byte("b")})))
	assert.NotNil(t, Bundle(nil))
	assert.Empty(t, Bundle(nil))
}

// TestHashNames asks OpenSSL.
func TestHashNames(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip(err)
	}
	value := func(tag int, text string) asn1.RawValue { return asn1.RawValue{Tag: tag, Bytes: []byte(text)} }
	commonName := asn1.ObjectIdentifier{2, 5, 4, 3}
	for _, test := range []struct {
		name    string
		subject pkix.Name
	}{
		{"one attribute", pkix.Name{CommonName: "Corp Root CA"}},
		{"several", pkix.Name{Country: []string{"DE"}, Organization: []string{"Corp", "Other"}, CommonName: "Root"}},
		{"spaces and case", pkix.Name{CommonName: "  Corp \t  ROOT  "}},
		{"not ASCII", pkix.Name{CommonName: "Münchner ÄÖ"}},
		{"empty", pkix.Name{}},
		{"IA5String", pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, Value: value(asn1.TagIA5String, "Corp")}}}},
		{"T61String", pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: commonName, Value: value(asn1.TagT61String, "M\xfcnchen")}}}},
		{"BMPString", pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: commonName, Value: value(asn1.TagBMPString, "\x00A\x00b\x20\xac")}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := selfSigned(t, test.subject)
			cmd := exec.Command("openssl", "x509", "-noout", "-subject_hash")
			cmd.Stdin = strings.NewReader(string(root))
			want, err := cmd.Output()
			require.NoError(t, err)
			hash := strings.TrimSpace(string(want))
			assert.Equal(t, []string{hash + ".0", "", hash + ".1"}, HashNames([][]byte{root, []byte("no PEM"), root}))
		})
	}
}
