package webapp

import (
	"sync"
	"time"
)

// maxDays is how far the clock can be moved: far enough for every expiry, and near enough for times to be written with four
// digits of the year.
const maxDays = 3650

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

// Move moves the clock by days; 0 sets it to the real time. It reports false, and does nothing, for a time that is too far
// away.
func (c *Clock) Move(days int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if days != 0 {
		days += c.days // a sum that overflows is too far away as well
	}
	if days < -maxDays || days > maxDays {
		return false
	}
	c.days = days
	return true
}
