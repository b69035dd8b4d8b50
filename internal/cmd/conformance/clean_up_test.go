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
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// An interrupt right after a create leaves nothing behind.
func TestInterruptCleansUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h := newHost(t, emulator.Options{Tokens: 1}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if r.Method == http.MethodPatch {
				cancel()
			}
		})
	})
	h.write = true
	if _, err := h.run(ctx); !errors.Is(err, errDiffers) {
		t.Errorf("an interrupted run is not a good one: %v", err)
	}
	if left := h.em.Tokens(); len(left) != 1 || len(h.em.CallsOf(deleteOperation)) == 0 || !strings.Contains(h.out.String(), "interrupted") {
		t.Errorf("left %d tokens:\n%s", len(left), h.out.String())
	}
}

// A create whose response is lost leaves nothing behind, although its id is unknown.
func TestLostCreateIsCleanedUp(t *testing.T) {
	t.Parallel()
	h := newHost(t, emulator.Options{Tokens: 1}, nil)
	h.em.Fail(emulator.Fault{Operation: createOperation, Call: 9, Cut: emulator.CutAfter}) // the first that is not refused
	h.write = true
	found, err := h.run(t.Context())
	if want := []string{"CreateServiceUserToken: creates the requested token"}; !errors.Is(err, errDiffers) || !slices.Equal(found, want) {
		t.Errorf("%v: %v\n%s", err, found, h.out.String())
	}
	if left := len(h.em.Tokens()); left != 1 {
		t.Errorf("%d tokens, want 1", left)
	}
}

// The sweeper deletes the tokens that tests left behind. It keeps tokens of other people, of a current run, and its own.
func TestSweep(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(pass time.Duration) time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(pass)
		return now
	}
	h := newHost(t, emulator.Options{Now: func() time.Time { return at(time.Millisecond) }}, nil)
	h.client.now = func() time.Time { return at(0) }
	secrets := map[string]string{}
	ids := map[string]string{}
	create := func(name string) {
		token, made, err := h.em.CreateToken(emulator.TokenInput{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		secrets[name], ids[name] = made, token.ID
	}
	for _, name := range []string{"tfacc-left", "tfacc-revoked", "tfacc-ci", "warehouse", "not-tfacc-", "TFACC-x"} {
		create(name)
	}
	if err := h.em.RevokeToken(ids["tfacc-revoked"]); err != nil {
		t.Fatal(err)
	}
	at(time.Minute)
	create("tfacc-under-way")
	at(59 * time.Minute)
	h.client.bearer, h.sweep = secret.New(secrets["tfacc-ci"]), true
	if _, err := h.run(t.Context()); err != nil || !strings.Contains(h.out.String(), "2 of 7 tokens deleted: those named tfacc-…, but for 2 that may be in use") {
		t.Errorf("%v\n%s", err, h.out.String())
	}
	var left []string
	for _, token := range h.em.ActiveTokens() {
		left = append(left, token.Name)
	}
	slices.Sort(left)
	if want := []string{"TFACC-x", "not-tfacc-", "tfacc-ci", "tfacc-under-way", "warehouse"}; !slices.Equal(left, want) || len(h.em.Tokens()) != len(want) {
		t.Errorf("%q are active, want %q; %d tokens are left", left, want, len(h.em.Tokens()))
	}
}
