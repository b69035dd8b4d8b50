package emulator_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fault  emulator.Fault
		status int // 0: the connection is cut
		acted  bool
		see    func(r reply) bool
	}{
		"429 JSON":              {emulator.Fault{Status: 429}, 429, false, func(r reply) bool { return r.reason() == "RATE_LIMITED" }},
		"429 without headers":   {emulator.Fault{Status: 429, OmitRateLimitHeaders: true}, 429, false, func(r reply) bool { return r.header.Get("X-RateLimit-Reset") == "" }},
		"429 with Retry-After":  {emulator.Fault{Status: 429, Header: http.Header{"retry-after": {"7"}}}, 429, false, func(r reply) bool { return r.header.Get("Retry-After") == "7" }},
		"500 JSON":              {emulator.Fault{Status: 500}, 500, false, func(r reply) bool { return r.Code == 13 }},
		"503 JSON":              {emulator.Fault{Status: 503}, 503, false, func(r reply) bool { return r.Code == 14 }},
		"502 HTML":              {emulator.Fault{Status: 502, Body: "<html>", ContentType: "text/html"}, 502, false, func(r reply) bool { return r.raw == "<html>" }},
		"503 empty":             {emulator.Fault{Status: 503, Empty: true}, 503, false, func(r reply) bool { return r.raw == "" }},
		"500 after the work":    {emulator.Fault{Status: 500, AfterWork: true}, 500, true, func(r reply) bool { return r.Secret == "" }},
		"cut before":            {emulator.Fault{Cut: emulator.CutBefore}, 0, false, nil},
		"cut after":             {emulator.Fault{Cut: emulator.CutAfter}, 0, true, nil},
		"delay before the work": {emulator.Fault{Delay: time.Millisecond}, 200, true, func(r reply) bool { return r.Secret != "" }},
		"delay after the work":  {emulator.Fault{Delay: time.Millisecond, DelayAfter: true}, 200, true, func(r reply) bool { return r.Secret != "" }},
		"rewritten response": {emulator.Fault{Rewrite: func(status int, header http.Header, body []byte) (int, []byte) {
			header.Set("X-Changed", "yes")
			return status + 1, []byte(strings.ToUpper(string(body)))
		}}, 201, true, func(r reply) bool {
			return strings.Contains(r.raw, "SERVICE_USER_TOKEN") && r.header.Get("X-Changed") == "yes"
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, emulator.Options{})
			c.fault.Operation, c.fault.Call = "CreateServiceUserToken", 2
			f.em.Fail(c.fault)
			f.make(`{"name":"first is not struck"}`)
			f.em.ForgetCalls()
			r := f.do("POST", tokensPath, `{"name":"second is"}`)
			if (r.err != nil) != (c.status == 0) || r.status != c.status || (c.see != nil && !c.see(r)) {
				t.Errorf("got %d %q %v, %v", r.status, r.raw, r.header, r.err)
			}
			calls := f.em.CallsOf("CreateServiceUserToken")
			if len(calls) != 1 || calls[0].Acted != c.acted || calls[0].Status != c.status || calls[0].CallerID != f.em.CallerID() || (len(f.em.Tokens()) == 2) != c.acted {
				t.Errorf("journal %+v, %d tokens", calls, len(f.em.Tokens()))
			}
			f.make(`{"name":"third is not struck"}`)
		})
	}
}

func TestFaultOfEveryCallAndOfOneToken(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Tokens: 2})
	one, two := f.em.Tokens()[0].ID, f.em.Tokens()[1].ID
	f.em.Fail(emulator.Fault{Token: one, Status: 500})
	for range 2 {
		if r := f.do("GET", tokensPath+"/"+one, ""); r.status != 500 {
			t.Errorf("got %d", r.status)
		}
	}
	if r := f.do("GET", tokensPath+"/"+two, ""); r.status != 200 {
		t.Errorf("another token's call was struck: %d", r.status)
	}
	f.em.Heal()
	if r := f.do("GET", tokensPath+"/"+one, ""); r.status != 200 {
		t.Errorf("not healed: %d", r.status)
	}
}

func TestFaultHooksStandAroundTheWork(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	var seen []int
	count := func() { seen = append(seen, len(f.em.Tokens())) }
	f.em.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Before: count, After: count})
	f.make(`{"name":"t"}`)
	if len(seen) != 2 || seen[0] != 0 || seen[1] != 1 {
		t.Errorf("hooks saw %v tokens", seen)
	}
}

func TestFaults_oldestOfSeveralActs(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for i, status := range []int{500, 503} {
		f.em.Fail(emulator.Fault{Operation: "WhoAmI", Call: i + 1, Status: status})
	}
	f.em.Fail(emulator.Fault{Status: 502, Call: 3})
	for _, want := range []int{500, 503, 502, 200} {
		if r := f.do("GET", whoAmIPath, ""); r.status != want {
			t.Errorf("got %d, want %d", r.status, want)
		}
	}
}

// A late response is also checked against the contract: only a changed one is not.
func TestOnlyAChangedResponseIsMarked(t *testing.T) {
	t.Parallel()
	for want, fault := range map[string]emulator.Fault{
		"":   {Delay: time.Nanosecond, Before: func() {}, OmitRateLimitHeaders: true},
		"1":  {Status: 500},
		"1 ": {Header: http.Header{"Content-Type": {"text/html"}}},
	} {
		f := startBare(t, emulator.Options{})
		f.em.Fail(fault)
		if got := f.do("GET", whoAmIPath, "").header.Get(emulator.FaultHeader); got != strings.TrimSpace(want) {
			t.Errorf("%+v is marked %q", fault, got)
		}
	}
}

func TestPausesEndWithTheirCaller(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		latency time.Duration
		fault   emulator.Fault
		acted   bool
	}{
		"latency":      {time.Hour, emulator.Fault{}, false},
		"delay before": {0, emulator.Fault{Delay: time.Hour}, false},
		"delay after":  {0, emulator.Fault{Delay: time.Hour, DelayAfter: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(emulator.Options{Latency: c.latency}, t)
			pausing, ended := make(chan struct{}), make(chan struct{})
			if c.fault.DelayAfter {
				c.fault.After = func() { close(pausing) }
			} else {
				c.fault.Before = func() { close(pausing) }
			}
			f.em.Fail(c.fault)
			f.listen(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				if c.latency > 0 { // which comes before any fault
					close(pausing)
				}
				f.em.ServeHTTP(w, r)
			}))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", f.url+tokensPath, strings.NewReader(`{"name":"t"}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+f.em.Bearer())
			go func() {
				<-pausing
				cancel()
			}()
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
				t.Error("the pause did not last until its caller went away")
			}
			<-ended // if a pause could outlast its caller, this would wait for an hour
			if acted := len(f.em.Tokens()) == 1; acted != c.acted {
				t.Errorf("acted: %v", acted)
			}
		})
	}
}
