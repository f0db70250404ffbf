// Command tlslab rebuilds the ways in which TLS fails for the go command and
// plays them with the real one: the error, the fixes that work, the popular
// fixes that do not, and what each fix lets in.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/tlslab/tlslab/lab"
)

// Exit codes, a contract with scripts.
const (
	exitDeviates    = 1
	exitUsage       = 2
	exitUnavailable = 3
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := root().ExecuteContext(ctx)
	interrupted := ctx.Err() != nil
	stop()
	os.Exit(exitCode(err, interrupted))
}

// errDeviates ends a command that has already said what deviates.
var errDeviates = errors.New("something deviates")

// exited ends a command with the exit code of the command that it ran.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func exitCode(err error, interrupted bool) int {
	var status exited
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, errDeviates):
		return exitDeviates
	case interrupted && errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "tlslab: interrupted; everything is taken down")
		return exitInterrupted
	}
	fmt.Fprintf(os.Stderr, "tlslab: %v\n", err)
	if errors.Is(err, lab.ErrUnavailable) {
		return exitUnavailable
	}
	return exitUsage
}
