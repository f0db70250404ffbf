//go:build linux

package e2e

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nobody is the user that every Linux has and that owns nothing.
const nobody = 65534

// The lab needs no privilege: what root sees, an ordinary user sees too.
func TestOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this run is an ordinary user's already")
	}
	for _, backend := range inProcess {
		t.Run(backend, func(t *testing.T) {
			newLab(t, labOn(backend))
			tmp, err := os.MkdirTemp("", "e2e-nobody-")
			require.NoError(t, err)
			t.Cleanup(func() { os.RemoveAll(tmp) })
			require.NoError(t, os.Chown(tmp, nobody, nobody))
			cmd := command(t, tmp, []string{"HOME=" + tmp}, "run", "--json", "--backend", backend, "chain/missing-intermediate")
			cmd.Dir = "/"
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}

			r := finish(t, cmd)

			require.Equal(t, 0, r.exit, r.stderr)
			for _, trial := range decodeTrials(t, r.stdout) {
				assert.Equal(t, "as-expected", trial["verdict"], trial["why"])
			}
			left, err := os.ReadDir(tmp)
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}
