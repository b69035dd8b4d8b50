package api

import (
	"net/http"
	"time"
)

// ClockTolerance is the largest difference between the server's clock and this machine's that counts as none. A Date header
// has whole seconds, and the response arrives some time after the server wrote it.
const ClockTolerance = time.Minute

// ClockOffset returns the server's clock minus this machine's, to compare times that the server wrote with the clock in
// Options. It is measured once, by the Date of the first response in the contract's form, and stays the same for the
// client's life. It is 0 until then, and if the two differ by a minute or less.
func (c *Client) ClockOffset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clock == nil {
		return 0
	}
	return *c.clock
}

// measureClock fixes the clock's offset by the headers of a response in the contract's form: an error page of a proxy has
// the proxy's Date. A response with an Age comes from a cache, and its Date is older than the response.
func (c *Client) measureClock(header http.Header, arrived time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return
	}
	offset := date.Sub(arrived)
	if offset.Abs() <= ClockTolerance {
		offset = 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clock == nil {
		c.clock = &offset
	}
}
