package book

import (
	"errors"

	"github.com/tlslab/tlslab/lab/recorded"
	"github.com/tlslab/tlslab/scenarios"
)

// Load makes the book of the catalogue and the recorded runs.
func Load() (*Book, error) {
	b := &Book{}
	var errs [5]error
	b.Scenarios, errs[0] = scenarios.Catalogue()
	b.Claims, errs[1] = scenarios.Claims()
	b.Lists, errs[2] = scenarios.Covered()
	b.Run, errs[3] = recorded.Load(recorded.Catalogue)
	b.Releases, errs[4] = recorded.Load(recorded.Releases)
	return b, errors.Join(errs[:]...)
}
