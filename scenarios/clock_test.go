package scenarios

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/certgen"
)

func TestSkew(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 900_000_000, time.FixedZone("", 3600))
	const year = 365 * 24 * time.Hour
	for _, test := range []struct {
		clock certgen.Moment
		want  time.Duration
	}{
		{"", 0},
		{"-3y", -3 * year},
		{"+3y", 3 * year},
		{"1d12h", 36 * time.Hour},
		{"2026-03-01T11:00:05Z", 5 * time.Second},
		{"1970-01-01T00:00:00Z", -1772362800 * time.Second},
	} {
		got, err := (&Client{Clock: test.clock}).Skew(now)
		require.NoError(t, err, test.clock)
		assert.Equal(t, test.want, got, test.clock)
	}
	for clock, text := range map[certgen.Moment]string{
		"yesterday":            `"yesterday" is no moment`,
		"-60y":                 "the clock would show the year 1966, expected 1970 to 2199",
		"2200-01-01T00:00:00Z": "the year 2200",
	} {
		_, err := (&Client{Clock: clock}).Skew(now)
		assert.ErrorContains(t, err, text, clock)
	}
}
