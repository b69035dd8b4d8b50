package api

import (
	"errors"
	"time"
)

// ClockOffset is replaced by the one of the client's forms.
func (c *Client) ClockOffset() time.Duration { return 0 }

// IsRefusedState is replaced by the one of the client's forms.
func IsRefusedState(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == 400 || e.Status == 409 || e.Status == 412) && e.Metadata["field"] == ""
}
