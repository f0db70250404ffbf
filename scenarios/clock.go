package scenarios

import (
	"fmt"
	"time"
)

// The years that a client's clock can show: it counts seconds from 1970, and
// how far it is off is a [time.Duration], of which one has 292 years.
const (
	firstYear = 1970
	lastYear  = 2199
)

// Skew is how far the client's clock is ahead at now, which is the right time;
// negative where it is behind, zero where Clock is empty. Like Clock it is in
// whole seconds. The error says that Clock is no moment, or one that no clock
// shows.
func (c *Client) Skew(now time.Time) (time.Duration, error) {
	now = now.Truncate(time.Second)
	shown, err := c.Clock.At(now, now)
	if err != nil {
		return 0, err
	}
	if year := shown.Year(); year < firstYear || year > lastYear {
		return 0, fmt.Errorf("the clock would show the year %d, expected %d to %d", year, firstYear, lastYear)
	}
	return shown.Sub(now), nil
}

func (c *worldCheck) clock(client *Client, n *node) {
	if _, err := client.Skew(time.Now()); err != nil {
		c.at(n, "%v", err)
	}
}
