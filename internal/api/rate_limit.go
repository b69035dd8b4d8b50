package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// rateLimitWindow is the vendor's documented window.
	rateLimitWindow = 60 * time.Second
	// maxRateLimitWait is the longest wait that the client accepts. It returns an error for a longer one instead of waiting.
	maxRateLimitWait = 2 * rateLimitWindow
	// firstBlindWait is the first wait after a 429 without any header, doubled each time: four of them outlast a window.
	firstBlindWait = 5 * time.Second
)

// gateStep makes every attempt of a client wait while the rate limit's window lasts, so that one 429 stops all calls once
// instead of each call getting its own 429.
type gateStep struct {
	next http.RoundTripper
	opts Options

	mu     sync.Mutex
	until  time.Time     // closed until then
	closed int           // how often it was closed
	blind  time.Duration // the next wait, if a response does not say how long to wait
}

func (s *gateStep) RoundTrip(req *http.Request) (*http.Response, error) {
	closed, err := s.pass(interruptOf(req.Context()))
	if err != nil {
		return nil, &unsentError{err}
	}
	resp, err := s.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		s.close(req.Context(), resp.Header, closed)
	} else if err == nil {
		s.responded(closed)
	}
	return resp, err
}

// pass waits until the gate is open or ctx ends, and returns how often the gate was closed until then.
func (s *gateStep) pass(ctx context.Context) (closed int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		s.mu.Lock()
		left, closed := s.until.Sub(s.opts.Now()), s.closed
		s.mu.Unlock()
		if left <= 0 {
			return closed, nil
		}
		if left > maxRateLimitWait+time.Second {
			return 0, fmt.Errorf("the API asks to wait %s because of its rate limit, which is longer than the %s that are waited out", left.Round(time.Second), maxRateLimitWait)
		}
		if deadline, ok := ctx.Deadline(); ok && s.opts.Now().Add(left).After(deadline) {
			return 0, fmt.Errorf("the API asks to wait %s because of its rate limit, which is longer than this call may take", left.Round(time.Second))
		}
		if err := s.opts.Wait(ctx, left); err != nil {
			return 0, err
		}
	}
}

// close closes the gate for as long as a 429 asks for, plus some jitter so that several clients do not resume at once. Calls
// that are in flight together are refused together: the first of them closes the gate and logs it; the others passed before
// the gate closed, and change nothing.
func (s *gateStep) close(ctx context.Context, header http.Header, passed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if passed != s.closed {
		return
	}
	now := s.opts.Now()
	pause, named := namedWait(header, now)
	if !named {
		s.blind = max(firstBlindWait, 2*s.blind)
		pause = min(s.blind, rateLimitWindow)
	}
	s.until = now.Add(pause + s.opts.Jitter(time.Second))
	s.closed++
	s.opts.Log(ctx, LogEntry{Message: "rate limit reached: all calls wait", Duration: pause, Status: http.StatusTooManyRequests})
}

// responded notes that the API accepts requests again. A late response does not show that: its call passed before the gate
// was closed.
func (s *gateStep) responded(passed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if passed == s.closed {
		s.blind = 0
	}
}

// namedWait reads how long a response asks to wait: x-ratelimit-reset in seconds (documented by the vendor), else
// Retry-After in seconds or as a date (usual, and not documented).
func namedWait(header http.Header, now time.Time) (time.Duration, bool) {
	for _, name := range []string{"X-Ratelimit-Reset", "Retry-After"} {
		if seconds, err := strconv.ParseFloat(header.Get(name), 64); err == nil && seconds >= 0 && seconds < 1e6 {
			return time.Duration(seconds * float64(time.Second)), true
		}
	}
	if at, err := http.ParseTime(header.Get("Retry-After")); err == nil && at.After(now) {
		return at.Sub(now), true
	}
	return 0, false
}
