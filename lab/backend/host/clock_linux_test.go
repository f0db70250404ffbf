package host

import (
	"testing"

	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

func BenchmarkClock(b *testing.B) {
	for _, args := range [][]string{{"true"}, {"go", "version"}} {
		b.Run(args[0], func(b *testing.B) { backendtest.Clock(b, New(), args...) })
	}
}
