package certgen

import (
	"fmt"
	"strings"
	"time"
)

// Moment is an instant, either relative to the time of making ("-1h", "90d",
// "-2y", "1d12h"; units s, m, h, d of 24 hours, y of 365 days) or absolute in
// RFC 3339 form ("2021-09-30T14:01:15Z"). The empty Moment means the field's
// default.
type Moment string

// unitSeconds are the units of a relative Moment.
var unitSeconds = map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'y': 365 * 86400}

// maxOffset is ten thousand years in seconds: no certificate can hold a date
// further from any other.
const maxOffset = 10_000 * 366 * 86400

// At returns the instant in UTC and whole seconds, which is all that a
// certificate can hold. The empty Moment is zero, relative ones count from
// now. It is an error where m is neither form, or the year is not one of 0 to
// 9999 (RFC 5280, section 4.1.2.5.2).
func (m Moment) At(now, zero time.Time) (time.Time, error) {
	absolute, offset, err := m.parse()
	switch {
	case err != nil:
		return time.Time{}, err
	case m == "":
		absolute = zero
	case absolute.IsZero():
		absolute = time.Unix(now.Unix()+offset, 0)
	}
	t := absolute.UTC().Truncate(time.Second)
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("%q is in the year %d: a certificate can hold 0 to 9999", string(m), t.Year())
	}
	return t, nil
}

// parse returns the absolute instant, or the zero one and the offset in
// seconds.
func (m Moment) parse() (absolute time.Time, offset int64, err error) {
	if m == "" {
		return time.Time{}, 0, nil
	}
	if offset, ok := m.relative(); ok {
		return time.Time{}, offset, nil
	}
	absolute, err = time.Parse(time.RFC3339, string(m))
	if err != nil {
		return time.Time{}, 0, fmt.Errorf(`%q is no moment: expected an offset such as "-1h", "90d" or "2y" (s, m, h, d, y) of at most 10000 years, or a date in RFC 3339 form such as "2021-09-30T14:01:15Z"`, string(m))
	}
	return absolute, 0, nil
}

// relative reads [+-] and then numbers with their units.
func (m Moment) relative() (seconds int64, ok bool) {
	s, negative := strings.CutPrefix(string(m), "-")
	if !negative {
		s = strings.TrimPrefix(s, "+")
	}
	if s == "" {
		return 0, false
	}
	for s != "" {
		digits := 0
		var n int64
		for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' && n <= maxOffset {
			n = n*10 + int64(s[digits]-'0')
			digits++
		}
		if digits == 0 || digits == len(s) || n > maxOffset {
			return 0, false
		}
		unit, known := unitSeconds[s[digits]]
		if !known || n > maxOffset/unit || seconds+n*unit > maxOffset {
			return 0, false
		}
		seconds += n * unit
		s = s[digits+1:]
	}
	if negative {
		seconds = -seconds
	}
	return seconds, true
}

// check says what is wrong with m whatever the time is.
func (m Moment) check() error {
	absolute, _, err := m.parse()
	if err != nil || absolute.IsZero() {
		return err
	}
	_, err = m.At(time.Time{}, time.Time{})
	return err
}
