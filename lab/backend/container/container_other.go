//go:build !linux

package container

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

var errNeedsLinux = fmt.Errorf("the sockets of a container are handed to this process, which takes one Linux kernel for both; on %s, run tlslab in a Linux machine that has Docker: %w",
	runtime.GOOS, errors.ErrUnsupported)

type containers struct {
	name   string
	shares bool
}

type servers struct{ containers }

func (*containers) Available(context.Context) error { return errNeedsLinux }

func (*containers) Expresses(*scenarios.World) error { return errNeedsLinux }

func (*containers) Open(context.Context, backend.Plan) (backend.Machine, error) {
	return nil, errNeedsLinux
}
