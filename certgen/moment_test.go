package certgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRelativeMomentOutOfRange is what only Generate can know.
func TestRelativeMomentOutOfRange(t *testing.T) {
	t.Parallel()
	specs := map[string]Spec{"it": {NotAfter: "9000y"}}
	assert.Empty(t, Check(specs))
	_, err := Generate(specs, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	assert.EqualError(t, err, `certificate it: not-after: "9000y" is in the year 11020: a certificate can hold 0 to 9999`)
}

func TestMoment(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 3, 4, 5, 6, 999, time.FixedZone("", 3600))
	zero := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for moment, want := range map[Moment]string{
		"":                              "2000-01-01T00:00:00Z",
		"0s":                            "2026-02-03T03:05:06Z",
		"-1h":                           "2026-02-03T02:05:06Z",
		"+90s":                          "2026-02-03T03:06:36Z",
		"1d12h30m":                      "2026-02-04T15:35:06Z",
		"-2y":                           "2024-02-04T03:05:06Z",
		"500y":                          "2525-10-05T03:05:06Z",
		"2021-09-30T14:01:15Z":          "2021-09-30T14:01:15Z",
		"2021-09-30T14:01:15.987+02:00": "2021-09-30T12:01:15Z",
	} {
		got, err := moment.At(now, zero)
		require.NoError(t, err, moment)
		assert.Equal(t, want, got.Format(time.RFC3339Nano), moment)
	}
	for _, moment := range []Moment{"1", "h", "-", "1w", "1.5h", "--1h", "1h-1m", "99999999999999999999y", "10001y", "2021-09-30", "-9000y"} {
		_, err := moment.At(now, zero)
		assert.Error(t, err, moment)
	}
}
