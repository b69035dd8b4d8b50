package api_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// call is one operation of each kind.
type call struct {
	name  string
	good  http.HandlerFunc
	reads bool
	do    func(ctx context.Context, c *api.Client) error
}

var kinds = []call{
	{"GetServiceUserToken", goodToken, true, func(ctx context.Context, c *api.Client) error { _, err := c.GetServiceUserToken(ctx, "x"); return err }},
	{"ListServiceUserTokens", emptyList, true, func(ctx context.Context, c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }},
	{"ListPermissionSets", response(200, `{"permission_sets":[],"total_results":0}`), true, func(ctx context.Context, c *api.Client) error { _, err := c.ListPermissionSets(ctx, ""); return err }},
	{"CreateServiceUserToken", goodSecret, false, func(ctx context.Context, c *api.Client) error {
		_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		return err
	}},
	{"RegenerateServiceUserToken", goodSecret, false, func(ctx context.Context, c *api.Client) error {
		_, _, err := c.RegenerateServiceUserToken(ctx, "x")
		return err
	}},
	{"UpdateServiceUserToken", goodToken, false, func(ctx context.Context, c *api.Client) error {
		_, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{AllPermissions: true})
		return err
	}},
	{"RevokeServiceUserToken", goodToken, false, func(ctx context.Context, c *api.Client) error {
		_, err := c.RevokeServiceUserToken(ctx, "x")
		return err
	}},
	{"DeleteServiceUserToken", response(200, `{}`), false, func(ctx context.Context, c *api.Client) error { return c.DeleteServiceUserToken(ctx, "x") }},
}

// Which calls are retried after which outcome: reads after every temporary failure, all calls after a 429, and no call that
// changes something after an unknown outcome.
func TestRetryRule(t *testing.T) {
	t.Parallel()
	tooMany := response(429, `{"code":8,"message":"slow down"}`, "x-ratelimit-reset", "7")
	for name, c := range map[string]struct {
		outcome        http.HandlerFunc
		reads, changes bool // is it retried
	}{
		"429":         {tooMany, true, true},
		"429 bare":    {response(429, ``), true, true},
		"500":         {response(500, `{"code":13}`), true, false},
		"502 page":    {response(502, `<html>`, "Content-Type", "text/html"), true, false},
		"503 empty":   {response(503, ``), true, false},
		"cut":         {cut, true, false},
		"cut in body": {cutInBody, true, false},
		"400":         {response(400, `{"code":3}`), false, false},
		"401":         {response(401, `{"code":16}`), false, false},
		"403":         {response(403, `{"code":7}`), false, false},
		"404":         {response(404, `{"code":5}`), false, false},
		"409":         {response(409, ``), false, false},
		"407":         {response(407, `<html>`, "Content-Type", "text/html"), false, false},
		"408 page":    {response(408, `<html>`, "Content-Type", "text/html"), true, false},
		"412":         {response(412, ``), false, false},
		"425":         {response(425, ``), true, false},
		"not JSON":    {response(200, `{`), false, false},
		"redirect":    {response(307, ``, "Location", "/elsewhere"), false, false},
	} {
		for _, k := range kinds {
			t.Run(name+"/"+k.name, func(t *testing.T) {
				t.Parallel()
				s := serve(t, c.outcome, c.outcome, k.good)
				err := k.do(t.Context(), s.client(nil))
				retried := c.changes || (k.reads && c.reads)
				good := retried || (name == "not JSON" && k.name == "DeleteServiceUserToken") // any 2xx is success
				if want := map[bool]int{true: 3, false: 1}[retried]; s.calls() != want || (err == nil) != good {
					t.Errorf("sent %d times, want %d: %v", s.calls(), want, err)
				}
				if err != nil && !strings.Contains(err.Error(), k.name) {
					t.Errorf("the error does not name the operation: %v", err)
				}
			})
		}
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 4} {
		for _, outcome := range []http.HandlerFunc{response(503, ``), response(429, ``), cut} {
			s := serve(t, outcome)
			_, err := s.client(func(o *api.Options) { o.MaxRetries = retries }).GetServiceUserToken(t.Context(), "x")
			if err == nil || s.calls() != retries+1 {
				t.Errorf("max_retries %d: sent %d times, %v", retries, s.calls(), err)
			}
		}
	}
}

// A refused connection carried nothing: even a create is retried.
func TestRefusedConnection_isRetried(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		s := serve(t, k.good)
		refused := 2
		dial := &net.Dialer{}
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if refused > 0 {
				refused-- // as a port says it that nothing listens at; a real one can be another test's a moment later
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return dial.DialContext(ctx, network, address)
		}}
		if err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = transport })); err != nil || s.calls() != 1 {
			t.Errorf("%s: %v", k.name, err)
		}
		refused = 100
		err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = &http.Transport{DialContext: transport.DialContext} }))
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseRefused || lost.Sent || api.MayHaveActed(err) {
			t.Errorf("%s: %v", k.name, err)
		}
	}
}

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

// The user's interrupt ends waits and reads. No create begins after it, and one that was sent runs to its end.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	t.Run("before a create", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := serve(t, goodSecret)
		_, _, err := s.client(nil).CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err == nil || s.calls() != 0 || api.MayHaveActed(err) {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
	t.Run("during a create", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { cancel(); goodSecret(w, r) })
		_, made, err := s.client(nil).CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err != nil || made.Reveal() != "scapi_new" {
			t.Errorf("the secret is lost: %v", err)
		}
	})
	t.Run("during a read", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := s.client(nil).GetServiceUserToken(ctx, "x")
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseInterrupted || s.calls() != 1 {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
	t.Run("while a create waits for the rate limit", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, response(429, ``, "x-ratelimit-reset", "30"))
		c := s.client(func(o *api.Options) {
			o.Wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		})
		_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err == nil || s.calls() != 1 || api.MayHaveActed(err) {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
}

// An attempt has a timeout, even if the user's interrupt does not end it.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		err := k.do(t.Context(), s.client(func(o *api.Options) { o.RequestTimeout, o.MaxRetries = time.Millisecond, 1 }))
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseTimeout || api.MayHaveActed(err) != lost.Sent {
			t.Errorf("%s: %v", k.name, err)
		}
		if want := map[bool]int{true: 2, false: 1}[k.reads]; s.calls() > want {
			t.Errorf("%s: sent %d times", k.name, s.calls())
		}
	}
}

// The credential never follows a redirect.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := serve(t, goodToken)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := serve(t, response(status, ``, "Location", other.url+"/x"))
		_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
		if err == nil || !strings.Contains(err.Error(), "redirect") || !strings.Contains(err.Error(), fmt.Sprint(status)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if other.calls() != 0 {
		t.Error("the credential reached another host")
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	if api.NewTransport().Proxy == nil {
		t.Error("the proxy of the environment is not used")
	}
	selfSigned := httptest.NewTLSServer(goodToken)
	defer selfSigned.Close()
	old := httptest.NewUnstartedServer(goodToken)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	notFound := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.example", IsNotFound: true}}
	}}
	trusting := api.NewTransport()
	trusting.TLSClientConfig.RootCAs = old.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for name, c := range map[string]struct {
		url       string
		transport http.RoundTripper
		cause     api.Cause
	}{
		"certificate": {selfSigned.URL, nil, api.CauseTLS},
		"TLS 1.1":     {old.URL, trusting, api.CauseTLS},
		"no TLS":      {"https" + strings.TrimPrefix(serve(t, goodToken).url, "http"), nil, api.CauseTLS},
		"DNS":         {"https://nowhere.example", notFound, api.CauseDNS},
	} {
		s := serve(t, goodToken)
		s.url = c.url
		_, _, err := s.client(func(o *api.Options) { o.Transport = c.transport }).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		var lost *api.TransportError
		// An alert of the server can come after the call was sent.
		if !errors.As(err, &lost) || lost.Cause != c.cause || lost.Sent != (name == "TLS 1.1") || api.MayHaveActed(err) != lost.Sent {
			t.Errorf("%s: %v", name, err)
		}
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
