// Command book records what the catalogue does with the real go command and
// writes the project's documents from that. `make record` and `make docs` call
// it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := &cobra.Command{
		Use:           "book",
		Short:         "Record the catalogue, and write its documents",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.AddCommand(recordCommand(), docsCommand())
	if err := cmd.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "book:", err)
		stop()
		os.Exit(1)
	}
}
