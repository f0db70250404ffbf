//go:build !linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/scenarios"
)

var errNeedsLinux = fmt.Errorf("the sandbox is made of Linux namespaces, which %s does not have: it needs Linux; take the host backend or containers: %w",
	runtime.GOOS, errors.ErrUnsupported)

type sandbox struct{}

func (*sandbox) Available(context.Context) error { return errNeedsLinux }

func (*sandbox) Expresses(*scenarios.World) error { return errNeedsLinux }

func (*sandbox) Open(context.Context, backend.Plan) (backend.Machine, error) {
	return nil, errNeedsLinux
}
