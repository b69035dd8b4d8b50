package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestEmulatorConforms(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]emulator.Options{
		"empty":                {},
		"some tokens":          {Tokens: 5},
		"more than one page":   {Tokens: 130, ActiveTokenLimit: 200},
		"a full organization":  {Tokens: 18},
		"no rate-limit header": {Tokens: 3, OmitRateLimitHeaders: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, options, nil)
			before := h.em.Tokens()
			if found, err := h.run(t.Context()); err != nil || len(found) > 0 {
				t.Fatalf("read-only: %v: %v\n%s", err, found, h.out.String())
			}
			for _, call := range h.em.Calls() {
				if call.Acted && !slices.Contains(reads, call.Operation) {
					t.Errorf("read-only, and %s was called", call.Operation)
				}
			}
			h.write = true
			if found, err := h.run(t.Context()); err != nil || len(found) > 0 {
				t.Errorf("with changes: %v: %v\n%s", err, found, h.out.String())
			}
			if after := h.em.Tokens(); len(after) != len(before) {
				t.Errorf("%d tokens before, %d after", len(before), len(after))
			}
		})
	}
}

// If changes are allowed, every operation of the contract is called.
func TestEveryOperationIsChecked(t *testing.T) {
	t.Parallel()
	h := newHost(t, emulator.Options{Tokens: 2}, nil)
	h.write = true
	if _, err := h.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, operation := range emulator.Operations() {
		if !slices.ContainsFunc(h.em.CallsOf(operation.ID), func(c emulator.Call) bool { return c.Acted }) {
			t.Errorf("%s was never carried out", operation.ID)
		}
		if !strings.Contains(h.out.String(), operation.ID+": ") {
			t.Errorf("%s is not in the report", operation.ID)
		}
	}
	if strings.Contains(h.out.String(), "not checked  ") {
		t.Errorf("something was not checked:\n%s", h.out.String())
	}
}

// A path prefix of the base URL is kept. It is not part of the contract's paths.
func TestBaseURLMayCarryAPath(t *testing.T) {
	t.Parallel()
	h := newHost(t, emulator.Options{Tokens: 2}, func(next http.Handler) http.Handler { return http.StripPrefix("/gateway", next) })
	h.client.base = h.client.base.JoinPath("gateway")
	if found, err := h.run(t.Context()); err != nil {
		t.Errorf("%v: %v", err, found)
	}
}

func TestRateLimitIsWaitedOut(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Millisecond)
		return now
	}
	h := newHost(t, emulator.Options{Tokens: 2, RateLimit: 7, Now: clock}, nil)
	h.client.now = clock
	h.client.wait = func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return nil
	}
	h.write = true
	if found, err := h.run(t.Context()); err != nil || strings.Contains(h.out.String(), "not checked  ") {
		t.Errorf("%v: %v\n%s", err, found, h.out.String())
	}
}

// A host without the API, or one that does not respond, is a difference. The report lists the checks that were not made.
func TestHostWithoutTheAPI(t *testing.T) {
	t.Parallel()
	for want, handler := range map[string]http.HandlerFunc{
		"received: 200, but":                   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Welcome</html>")) },
		"received: 404 without the contract's": http.NotFound,
		"received: 302": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com", http.StatusFound)
		},
		"received: no response":                       func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"received: 401, code 16: Bearer (redacted) x": nil, // contains what it was sent
	} {
		h := newHost(t, emulator.Options{}, func(_ http.Handler) http.Handler {
			if handler != nil {
				return handler
			}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusUnauthorized)
				_, _ = w.Write([]byte(`{"code":16,"message":"` + r.Header.Get("Authorization") + ` x"}`))
			})
		})
		h.write = true
		found, err := h.run(t.Context())
		if !errors.Is(err, errDiffers) || len(found) == 0 || !strings.Contains(h.out.String(), want) || !strings.Contains(h.out.String(), "not checked") {
			t.Errorf("want %q: %v\n%s", want, err, h.out.String())
		}
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	token := func(string) string { return "t" }
	for want, c := range map[string]struct {
		args   []string
		getenv func(string) string
	}{
		"BASE_URL=":              {nil, token},
		"unexpected argument":    {[]string{"x"}, token},
		"loopback host":          {[]string{"-base-url", "http://example.com"}, token},
		"SAFETYCULTURE_API_TOKE": {[]string{"-base-url", "https://example.com"}, none},
	} {
		var out strings.Builder
		if err := run(t.Context(), c.args, c.getenv, &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", c.args, err, want)
		}
	}
}

// If changes are not allowed, the client sends none, even if a check asks for one.
func TestChangesNeedWrite(t *testing.T) {
	t.Parallel()
	h := newHost(t, emulator.Options{Tokens: 1}, nil)
	c, err := newClient(h.client, false)
	if err != nil {
		t.Fatal(err)
	}
	path := tokensPath + "/" + h.em.Tokens()[0].ID
	for operation, r := range changes(path) {
		if resp := c.send(t.Context(), r); !errors.Is(resp.err, errReadOnly) {
			t.Errorf("%s got %d", operation, resp.status)
		}
	}
	for _, r := range []request{post(tokensPath, fields{"name": "x"}), post("/elsewhere", fields{}), {method: http.MethodPut, path: path}} {
		if resp := c.send(t.Context(), r); !errors.Is(resp.err, errReadOnly) {
			t.Errorf("%s %s got %d", r.method, r.path, resp.status)
		}
	}
	if len(h.em.Calls()) != 0 {
		t.Errorf("calls were sent: %v", h.em.Calls())
	}
}
