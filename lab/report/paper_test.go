package report

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// full takes one write and then has no room left.
type full struct{ writes int }

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.writes++; f.writes > 1 {
		return 0, errFull
	}
	return len(b), nil
}

// The first error stays, and nothing is written behind a gap.
func TestPaperKeepsTheFirstError(t *testing.T) {
	t.Parallel()
	w := &full{}
	p := NewPaper(w)
	p.printf("one")
	assert.NoError(t, p.Err())
	p.printf("two")
	assert.Equal(t, errFull, p.Err())
	_, err := p.Write([]byte("three"))
	assert.Equal(t, errFull, err)
	assert.Equal(t, 2, w.writes)
}
