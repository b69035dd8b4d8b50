package webapp

import (
	"errors"
	"sync"
	"time"
)

// maxDays is how far the clock can be moved: far enough for every expiry, and within what times can be written as.
const maxDays = 3650

var errTooFar = errors.New("the clock can be moved by at most 3650 days")

// Clock is another clock plus a number of days, which can be changed. It is safe for concurrent use.
type Clock struct {
	now  func() time.Time
	mu   sync.Mutex
	days int
}

// NewClock returns a clock that agrees with now until it is moved.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now returns the time of the moved clock.
func (c *Clock) Now() time.Time { return c.now().UTC().AddDate(0, 0, c.Days()) }

// Days returns by how many days the clock is ahead; negative is behind.
func (c *Clock) Days() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.days
}

// Move moves the clock by days from where it is; 0 sets it to the real time.
func (c *Clock) Move(days int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	target := c.days + days
	if days == 0 {
		target = 0
	}
	if days < -maxDays || days > maxDays || target < -maxDays || target > maxDays {
		return errTooFar
	}
	c.days = target
	return nil
}
