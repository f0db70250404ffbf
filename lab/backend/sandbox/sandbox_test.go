package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/lab/backend"
)

func TestName(t *testing.T) {
	var b backend.Backend = New()
	assert.Equal(t, "sandbox", b.Name())
}
