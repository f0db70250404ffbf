package main

import (
	"os"

	"github.com/tlslab/tlslab/lab/backend/container"
	"github.com/tlslab/tlslab/lab/report"
)

// tellOfImages says on standard error what images are being made: the first run
// in containers takes minutes, and no other does.
func tellOfImages() {
	container.Tell(report.Images(report.NewPaper(os.Stderr)))
}
