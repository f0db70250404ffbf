package certgen

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"
)

func decodePEM(t *testing.T, data []byte, label string) []byte {
	t.Helper()
	block, rest := pem.Decode(data)
	require.NotNil(t, block)
	require.Equal(t, label, block.Type)
	require.Empty(t, rest)
	return block.Bytes
}

func sha256Of(data []byte) []byte {
	h := sha256.Sum256(data)
	return h[:]
}

func hexOf(data []byte) string { return hex.EncodeToString(data) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
