package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tlslab/tlslab/lab/book"
)

func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "docs DIR",
		Short:   "Write the documents from the scenarios and the recorded runs",
		Example: "  book docs docs",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return docs(args[0]) },
	}
}

// docs also removes the pages of scenarios that are no more.
func docs(dir string) error {
	b, err := book.Load()
	if err != nil {
		return err
	}
	pages, err := b.Pages()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "catalogue")); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, pages[name], 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%d pages in %s\n", len(pages), dir)
	return nil
}
