package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// How long a 429 asks to wait.
func TestRateLimitWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		want    []time.Duration
	}{
		"reset":               {[]string{"x-ratelimit-reset", "42"}, []time.Duration{42 * time.Second, 42 * time.Second}},
		"reset with fraction": {[]string{"x-ratelimit-reset", "1.5"}, []time.Duration{1500 * time.Millisecond, 1500 * time.Millisecond}},
		"Retry-After":         {[]string{"Retry-After", "9"}, []time.Duration{9 * time.Second, 9 * time.Second}},
		"reset before that":   {[]string{"Retry-After", "9", "x-ratelimit-reset", "3"}, []time.Duration{3 * time.Second, 3 * time.Second}},
		"a date":              {[]string{"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}, []time.Duration{time.Minute, 5 * time.Second}},
		"nonsense":            {[]string{"x-ratelimit-reset", "soon"}, []time.Duration{5 * time.Second, 10 * time.Second}},
		"none":                {nil, []time.Duration{5 * time.Second, 10 * time.Second}},
		"now":                 {[]string{"x-ratelimit-reset", "0"}, nil},
	} {
		s := serve(t, response(429, ``, c.headers...), response(429, ``, c.headers...), goodToken)
		_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
		if err != nil || fmt.Sprint(s.waits) != fmt.Sprint(c.want) {
			t.Errorf("%s: waited %v, want %v, %v", name, s.waits, c.want, err)
		}
	}
	s := serve(t, response(429, ``, "x-ratelimit-reset", "10"), goodToken)
	if _, err := s.client(func(o *api.Options) { o.Jitter = func(d time.Duration) time.Duration { return d / 2 } }).GetServiceUserToken(t.Context(), "x"); err != nil || s.waits[0] != 10*time.Second+500*time.Millisecond {
		t.Errorf("with jitter: %v, %v", s.waits, err)
	}
}

// Without any header, the default number of retries outlasts a window of 60 seconds.
func TestBlindWaitsOutlastTheWindow(t *testing.T) {
	t.Parallel()
	s := serve(t, response(429, ``))
	_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
	var total time.Duration
	for _, d := range s.waits {
		total += d
	}
	if err == nil || total <= time.Minute || total > 2*time.Minute {
		t.Errorf("waited %v in all, %v", total, err)
	}
}

// A wait that is too long is an error. A create then has certainly not happened.
func TestRateLimitTooLong(t *testing.T) {
	t.Parallel()
	s := serve(t, response(429, ``, "x-ratelimit-reset", "3600"))
	_, _, err := s.client(nil).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
	var lost *api.TransportError
	if !errors.As(err, &lost) || lost.Cause != api.CauseRateLimit || api.MayHaveActed(err) || len(s.waits) != 0 || !strings.Contains(err.Error(), "1h0m0s") {
		t.Errorf("%v, waited %v", err, s.waits)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	s = serve(t, response(429, ``, "x-ratelimit-reset", "60"))
	late := func(o *api.Options) { o.Now = func() time.Time { return time.Now().Add(2 * time.Hour) } }
	if _, err := s.client(late).GetServiceUserToken(ctx, "x"); err == nil || !strings.Contains(err.Error(), "longer than this call may take") {
		t.Errorf("beyond the deadline: %v", err)
	}
}

// Many calls that are refused together wait once, and log it once.
func TestRateLimitIsOneWaitForAll(t *testing.T) {
	t.Parallel()
	const n = 20
	var mu sync.Mutex
	refusedUntil := time.Time{}
	var s *server
	together := make(chan struct{})
	arrived := 0
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		arrived++
		if arrived == n {
			close(together)
		}
		first := arrived <= n
		mu.Unlock()
		if first {
			<-together // all are in flight before the first is refused
			response(429, ``, "x-ratelimit-reset", "30")(w, r)
			return
		}
		s.mu.Lock()
		early := s.at.Before(refusedUntil)
		s.mu.Unlock()
		if early {
			t.Error("a call came before the window was over")
		}
		goodToken(w, r)
	})
	refusedUntil = s.at.Add(30 * time.Second)
	client := s.client(nil)
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			if _, err := client.GetServiceUserToken(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	logged := 0
	for _, entry := range s.logs {
		if strings.Contains(entry.Message, "rate limit") {
			logged++
		}
	}
	var total time.Duration
	for _, d := range s.waits {
		total = max(total, d)
	}
	if logged != 1 || s.calls() != 2*n || total != 30*time.Second {
		t.Errorf("logged %d times, %d calls, longest wait %s", logged, s.calls(), total)
	}
}

// While the window lasts, new calls wait too, instead of each getting its own 429.
func TestRateLimitHoldsBackWhatBeginsMeanwhile(t *testing.T) {
	t.Parallel()
	closed, waiting, over, sent := make(chan struct{}), make(chan struct{}, 2), make(chan struct{}), make(chan struct{}, 2)
	s := serve(t, response(429, ``, "x-ratelimit-reset", "30"), func(w http.ResponseWriter, r *http.Request) {
		sent <- struct{}{}
		goodToken(w, r)
	})
	client := s.client(func(o *api.Options) {
		o.Log = func(_ context.Context, entry api.LogEntry) {
			if entry.Method == "" {
				close(closed)
			}
		}
		o.Wait = func(context.Context, time.Duration) error {
			waiting <- struct{}{}
			<-over
			return nil
		}
	})
	var wait sync.WaitGroup
	read := func() {
		if _, err := client.GetServiceUserToken(t.Context(), "x"); err != nil {
			t.Error(err)
		}
	}
	wait.Go(read)
	<-closed
	wait.Go(read)
	for range 2 { // both wait, and one was never sent
		select {
		case <-waiting:
		case <-sent:
			t.Fatal("a call was sent while the window lasts")
		}
	}
	s.mu.Lock()
	s.at = s.at.Add(30 * time.Second)
	s.mu.Unlock()
	close(over)
	wait.Wait()
	if n := s.calls(); n != 3 {
		t.Errorf("%d calls in all", n)
	}
}

// Without any header the waits grow, even if late responses to earlier calls arrive in between.
func TestBlindWaits_growWhileLateResponsesArrive(t *testing.T) {
	t.Parallel()
	responded := make(chan struct{})
	var client *api.Client
	var once sync.Once
	var other sync.WaitGroup
	sent := make(chan struct{})
	s := serve(t, nil)
	s.handlers = []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/slow") {
			close(sent)
			<-responded
			goodToken(w, r)
			return
		}
		response(429, ``)(w, r)
	}}
	client = s.client(func(o *api.Options) {
		moveOn := o.Wait
		o.Wait = func(ctx context.Context, d time.Duration) error {
			once.Do(func() { close(responded); other.Wait() }) // the late response arrives during the first wait
			return moveOn(ctx, d)
		}
	})
	other.Go(func() {
		if _, err := client.GetServiceUserToken(t.Context(), "slow"); err != nil {
			t.Error(err)
		}
	})
	<-sent
	_, err := client.GetServiceUserToken(t.Context(), "x")
	if want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}; err == nil || !slices.Equal(s.waits, want) {
		t.Errorf("waited %v, want %v, %v", s.waits, want, err)
	}
}
