package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// host is the emulator that the program checks, optionally behind a handler that deviates from the contract.
type host struct {
	t  *testing.T
	em *emulator.Emulator
	settings
	out strings.Builder

	mu      sync.Mutex
	secrets []string
}

func newHost(t *testing.T, options emulator.Options, deviate func(http.Handler) http.Handler) *host {
	t.Helper()
	h := &host{t: t}
	options.OnSecret = func(s string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.secrets = append(h.secrets, s)
	}
	h.em = emulator.New(options)
	var handler http.Handler = h.em
	if deviate != nil {
		handler = deviate(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := api.ParseBaseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := api.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	h.client = clientOptions{
		base: base, bearer: secret.New(h.em.Bearer()), transport: transport, backoff: time.Millisecond, now: time.Now,
		wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	return h
}

// run runs the program and returns the checks that differ. Its output never holds a secret.
func (h *host) run(ctx context.Context) ([]string, error) {
	h.t.Helper()
	err := h.settings.run(ctx, &h.out)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range append(h.secrets, h.em.Bearer()) {
		if strings.Contains(h.out.String(), s) {
			h.t.Errorf("a secret is in the output:\n%s", h.out.String())
		}
	}
	var found []string
	for line := range strings.Lines(h.out.String()) {
		if check, is := strings.CutPrefix(line, "differs      "); is {
			found = append(found, strings.TrimSpace(check))
		}
	}
	return found, err
}
