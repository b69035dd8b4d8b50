package api_test

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// The server's clock is that of the first response in the contract's form, and of no proxy, cache or redirect.
func TestClockOffset(t *testing.T) {
	t.Parallel()
	local := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // as the test server's clients have it
	date := func(offset time.Duration) []string {
		return []string{"Date", local.Add(offset).Format(http.TimeFormat)}
	}
	const token = `{"service_user_token":` + tokenJSON + `}`
	ahead, other := 2*time.Hour, -time.Hour
	for name, c := range map[string]struct {
		responses []http.HandlerFunc
		want      time.Duration
	}{
		"ahead":              {[]http.HandlerFunc{response(200, token, date(ahead)...)}, ahead},
		"behind":             {[]http.HandlerFunc{response(200, token, date(other)...)}, other},
		"a minute":           {[]http.HandlerFunc{response(200, token, date(time.Minute)...)}, 0},
		"a minute behind":    {[]http.HandlerFunc{response(200, token, date(-time.Minute)...)}, 0},
		"more than a minute": {[]http.HandlerFunc{response(200, token, date(61*time.Second)...)}, 61 * time.Second},
		"fixed":              {[]http.HandlerFunc{response(200, token, date(ahead)...), response(200, token, date(other)...)}, ahead},
		"fixed at zero":      {[]http.HandlerFunc{response(200, token, date(0)...), response(200, token, date(other)...)}, 0},
		"an error":           {[]http.HandlerFunc{response(404, `{"code":5}`, date(ahead)...)}, ahead},
		"after a page":       {[]http.HandlerFunc{response(200, `<html>`, date(other)...), response(200, token, date(ahead)...)}, ahead},
		"after an object":    {[]http.HandlerFunc{response(200, `{"up":true}`, date(other)...), response(200, token, date(ahead)...)}, ahead},
		"after an HTML 403":  {[]http.HandlerFunc{response(403, `<html>`, date(other)...), response(200, token, date(ahead)...)}, ahead},
		"after a redirect":   {[]http.HandlerFunc{response(302, `{"code":5}`, date(other)...), response(200, token, date(ahead)...)}, ahead},
		"after nonsense":     {[]http.HandlerFunc{response(200, token, "Date", "today"), response(200, token, date(ahead)...)}, ahead},
		"after a cache":      {[]http.HandlerFunc{response(200, token, append(date(other), "Age", "3600")...), response(200, token, date(ahead)...)}, ahead},
		"unknown":            {[]http.HandlerFunc{response(403, `<html>`, date(other)...)}, 0},
	} {
		s := serve(t, c.responses...)
		client := s.client(nil)
		if got := client.ClockOffset(); got != 0 {
			t.Errorf("%s: %s before anything was sent", name, got)
		}
		for range c.responses {
			_, _ = client.GetServiceUserToken(t.Context(), "x")
		}
		if got := client.ClockOffset(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A delete succeeds with a proxy's page as its body. Such a response does not measure the clock.
func TestClockOffset_deleteWithAPage(t *testing.T) {
	t.Parallel()
	client := serve(t, response(200, `<html>`, "Date", "Thu, 01 Jan 2026 05:00:00 GMT"), response(200, `{}`, "Date", "Thu, 01 Jan 2026 02:00:00 GMT")).client(nil)
	for _, want := range []time.Duration{0, 2 * time.Hour} {
		if err := client.DeleteServiceUserToken(t.Context(), "x"); err != nil || client.ClockOffset() != want {
			t.Errorf("%s, want %s, %v", client.ClockOffset(), want, err)
		}
	}
}

// A wait for the rate limit does not count as a clock difference: the offset is measured when the response arrives.
func TestClockOffset_isMeasuredAtTheResponse(t *testing.T) {
	t.Parallel()
	s := serve(t, response(429, ``, "x-ratelimit-reset", "100"), response(200, `{"service_user_token":`+tokenJSON+`}`, "Date", "Thu, 01 Jan 2026 00:01:40 GMT"))
	client := s.client(nil)
	if _, err := client.GetServiceUserToken(t.Context(), "x"); err != nil || client.ClockOffset() != 0 {
		t.Errorf("%s, %v", client.ClockOffset(), err)
	}
}

func TestClockOffset_isTheSameForAllCalls(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_token":`+tokenJSON+`}`, "Date", "Thu, 01 Jan 2026 03:00:00 GMT"))
	client := s.client(nil)
	var wait sync.WaitGroup
	offsets := make([]time.Duration, 20)
	for i := range offsets {
		wait.Go(func() {
			if _, err := client.GetServiceUserToken(t.Context(), "x"); err != nil {
				t.Error(err)
			}
			offsets[i] = client.ClockOffset()
		})
	}
	wait.Wait()
	for _, got := range offsets {
		if got != 3*time.Hour {
			t.Errorf("got %s", got)
		}
	}
}
