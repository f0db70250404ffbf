//go:build !linux

package clock

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// Available says that only Linux can do this.
func Available() error {
	return fmt.Errorf("a process's own clock takes ptrace(2) and the vDSO of Linux, which %s does not have; "+
		"take Linux, or give the certificates other dates: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Start returns the error of [Available].
func Start(*exec.Cmd, time.Duration) (wait func() error, err error) { return nil, Available() }
