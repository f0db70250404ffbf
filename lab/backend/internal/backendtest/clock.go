package backendtest

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

const year = 365 * 24 * time.Hour

// clocked opens a machine of a backend that can set a client's clock.
func clocked(t testing.TB, b backend.Backend) backend.Machine {
	t.Helper()
	if err := b.Expresses(&scenarios.World{Client: scenarios.Client{Clock: "-3y"}}); err != nil {
		t.Skip(err)
	}
	return Open(t, b, backend.Plan{})
}

func testClock(t *testing.T, b backend.Backend) {
	m := clocked(t, b)
	for _, offset := range []time.Duration{0, -3 * year, 3 * year, 0} {
		leave := "sleep 1000 & true"
		if offset != 0 {
			leave = "setsid sleep 1000 & " + leave // which the host can end no other way
		}
		for _, test := range []struct {
			name, line string
			exit       int
		}{
			{"the command and its children", "date +%s; (date +%s) | cat; exec date +%s", 0},
			{"status", "date +%s; exit 7", 7},
			{"signal", "date +%s; kill -9 $$", 137},
			{"nothing left behind", "date +%s; " + leave, 0},
		} {
			var out bytes.Buffer
			before := time.Now().Add(offset).Unix()
			exit, err := m.Run(t.Context(), backend.Command{
				Args: []string{"sh", "-c", test.line}, Dir: "/", Env: []string{Path}, Stdout: &out, Clock: offset,
			})
			after := time.Now().Add(offset).Unix()
			require.NoError(t, err, test.name)
			assert.Equal(t, test.exit, exit, test.name)
			require.NotEmpty(t, out.String(), test.name)
			for line := range strings.Lines(out.String()) {
				shown, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
				require.NoError(t, err, test.name)
				assert.True(t, before <= shown && shown <= after, "%s: shows %d, expected %d to %d", test.name, shown, before, after)
			}
		}
	}
}

// Clock measures what a wrong clock costs a command: args are run in turns
// with the right one. It reports the median difference in milliseconds.
func Clock(b *testing.B, of backend.Backend, args ...string) {
	Need(b, args[0])
	m := clocked(b, of)
	home := b.TempDir()
	once := func(offset time.Duration) time.Duration {
		start := time.Now()
		exit, err := m.Run(b.Context(), backend.Command{Args: args, Dir: "/", Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}, Clock: offset})
		require.NoError(b, err)
		require.Zero(b, exit)
		return time.Since(start)
	}
	var costs []float64
	for b.Loop() {
		right := once(0)
		costs = append(costs, float64((once(3*year)-right).Microseconds())/1000)
	}
	slices.Sort(costs)
	b.ReportMetric(costs[len(costs)/2], "ms/clock")
}
