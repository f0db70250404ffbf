package tracer

import (
	"errors"
	"strconv"
)

// Patch is what is written over the vDSO of a process, the code that the
// kernel lends it to read its clock (vdso(7)). Nil changes nothing.
type Patch []Word

// Word is eight bytes of a [Patch], in the machine's byte order.
type Word struct {
	At    uint64 // bytes from the beginning of the vDSO
	Value uint64
}

// String is the form in which a patch is handed to another process: at:value,
// hexadecimal, separated by commas; "" for none.
func (p Patch) String() string {
	var text []byte
	for i, w := range p {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, w.At, 16)
		text = append(text, ':')
		text = strconv.AppendUint(text, w.Value, 16)
	}
	return string(text)
}

var errMalformed = errors.New("malformed patch of a clock")

// Parse is the inverse of [Patch.String].
func Parse(text string) (Patch, error) {
	var p Patch
	for text != "" {
		var word, at string
		word, text = cut(text, ',')
		at, word = cut(word, ':')
		from, err := strconv.ParseUint(at, 16, 64)
		if err != nil {
			return nil, errMalformed
		}
		value, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			return nil, errMalformed
		}
		p = append(p, Word{from, value})
	}
	return p, nil
}

func cut(text string, at byte) (before, after string) {
	for i := range len(text) {
		if text[i] == at {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
