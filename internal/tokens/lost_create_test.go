package tokens_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

const create = "CreateServiceUserToken"

// noSecret changes the response to a create in transit.
func noSecret(status int, _ http.Header, body []byte) (int, []byte) {
	return status, []byte(strings.Replace(string(body), `"secret"`, `"secrets"`, 1))
}

// However the response to a create is lost: the create is sent once, no token is changed, and the leftover token is named.
func TestLostCreate_namesLeftoverTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault emulator.Fault
		acted bool
	}{
		"cut before":                  {emulator.Fault{Cut: emulator.CutBefore}, false},
		"cut after":                   {emulator.Fault{Cut: emulator.CutAfter}, true},
		"500 before the work":         {emulator.Fault{Status: 500}, false},
		"500 after the work":          {emulator.Fault{Status: 500, AfterWork: true}, true},
		"502 page after the work":     {emulator.Fault{Status: 502, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
		"503 empty, not acted on":     {emulator.Fault{Status: 503, Empty: true}, false},
		"no secret in the response":   {emulator.Fault{Rewrite: noSecret}, true},
		"not JSON":                    {emulator.Fault{Status: 200, AfterWork: true, Body: "{", ContentType: "application/json"}, true},
		"a page":                      {emulator.Fault{Status: 200, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
		"a gateway's 403, after":      {emulator.Fault{Status: 403, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
		"a gateway's 408, after":      {emulator.Fault{Status: 408, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
		"a gateway's 407, before":     {emulator.Fault{Status: 407, Body: "<html>", ContentType: "text/html"}, false},
		"a redirect after the work":   {emulator.Fault{Status: 303, AfterWork: true, Empty: true}, true},
		"an empty 400 after the work": {emulator.Fault{Status: 400, AfterWork: true, Empty: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newFixture(t, emulator.Options{ActiveTokenLimit: 3})
			earlier := b.make("t") // of the same name, from before
			b.passes(10 * time.Minute)
			c.fault.Operation, c.fault.Call = create, 1
			b.em.Fail(c.fault)
			_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
			var lost *tokens.LostCreateError
			if !errors.As(err, &lost) || lost.LookupErr != nil || (len(lost.Candidates) == 1) != c.acted {
				t.Fatalf("got %+v, %v", lost, err)
			}
			if c.acted && lost.Candidates[0].ID == earlier.ID {
				t.Error("a token of ten minutes ago is named")
			}
			for _, left := range b.em.Tokens() {
				if left.Status != "TOKEN_STATUS_ACTIVE" {
					t.Errorf("%s was touched", left.ID)
				}
			}
			if n := len(b.em.CallsOf(create)); n != 1 {
				t.Errorf("the create was sent %d times", n)
			}
		})
	}
}

// After a plain refusal there is no leftover token.
func TestLostCreate_notForRefusals(t *testing.T) {
	t.Parallel()
	for status, calls := range map[int]int{400: 2, 401: 1, 403: 1, 404: 1, 409: 2} { // after a refusal because of a state, the quota is listed
		b := newFixture(t, emulator.Options{})
		b.em.Fail(emulator.Fault{Operation: create, Status: status})
		_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var lost *tokens.LostCreateError
		if err == nil || errors.As(err, &lost) {
			t.Errorf("%d: %v", status, err)
		}
		if n := len(b.em.Calls()); n != calls {
			t.Errorf("%d: %d calls", status, n)
		}
	}
}

func TestLostCreate_lookupFails(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter, After: func() {
		b.em.Fail(emulator.Fault{Operation: list, Status: 503})
	}})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || lost.LookupErr == nil {
		t.Errorf("got %+v", lost)
	}
}

// A leftover token that only the second list shows, after a pause, is named.
func TestLostCreate_listsAgainAfterAPause(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter})
	b.em.Fail(emulator.Fault{Operation: list, Call: 1, Rewrite: emptyList})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || len(lost.Candidates) != 1 || b.waited < 2*time.Second || b.waited > 3*time.Second {
		t.Errorf("got %+v after %s", lost, b.waited)
	}
}

func emptyList(int, http.Header, []byte) (int, []byte) {
	return 200, []byte(`{"service_user_tokens":[],"next_page_token":"","active_count":0,"active_limit":20}`)
}

// After an interrupt, the error still names the leftover token.
func TestLostCreate_interrupted(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter, Before: cancel})
	_, err := b.service().Issue(ctx, api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || lost.LookupErr != nil || len(lost.Candidates) != 1 {
		t.Errorf("got %+v", lost)
	}
}

// Another run creates the same name with the same credential at the same moment. Either token may be the leftover, so both are
// named and none is changed. Tokens that are in use, or have another name, are not named.
func TestLostCreate_twoRunsOfOneName(t *testing.T) {
	t.Parallel()
	for _, cut := range []emulator.Cut{emulator.CutBefore, emulator.CutAfter} {
		b := newFixture(t, emulator.Options{})
		other := b.service()
		var theirs tokens.Issued
		b.em.Fail(emulator.Fault{Operation: create, Call: 1, Cut: cut, Before: func() {
			var err error
			theirs, err = other.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
			b.must(err)
			b.must(b.em.UseToken(b.make("t").ID))
			b.make("another name")
		}})
		_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var lost *tokens.LostCreateError
		want := map[emulator.Cut]int{emulator.CutBefore: 1, emulator.CutAfter: 2}[cut]
		if !errors.As(err, &lost) || len(lost.Candidates) != want || !b.em.Accepts(theirs.Secret.Reveal()) {
			t.Errorf("got %+v; the other run's secret works: %t", lost, b.em.Accepts(theirs.Secret.Reveal()))
		}
		if changes := len(b.em.CallsOf("RevokeServiceUserToken")) + len(b.em.CallsOf("DeleteServiceUserToken")); changes > 0 {
			t.Errorf("%d calls touched a token", changes)
		}
	}
}

// Tokens that this run created are no candidates, even if they have the same name.
func TestLostCreate_doesNotNameTheRunsOwn(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Call: 2, Cut: emulator.CutAfter})
	s := b.service()
	own, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	b.must(err)
	_, err = s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || len(lost.Candidates) != 1 || lost.Candidates[0].ID == own.Token.ID {
		t.Errorf("got %+v", lost)
	}
}

// After a lost response, a later QuotaError names the unused token of the same name first.
func TestQuota_namesALeftoverFirst(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{ActiveTokenLimit: 8})
	for range 7 {
		b.make("old")
		b.advance(1)
	}
	b.em.Fail(emulator.Fault{Operation: create, Call: 1, Cut: emulator.CutAfter})
	s := b.service()
	var lost *tokens.LostCreateError
	if _, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"}); !errors.As(err, &lost) {
		t.Fatal(err)
	}
	for _, fault := range []emulator.Fault{{}, {Operation: create, Status: 409, Body: `{"code":9,"message":"no","details":[]}`}} {
		if fault.Operation != "" {
			b.em.Fail(fault) // a refusal without the contract's reason
		}
		_, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var full *tokens.QuotaError
		if !errors.As(err, &full) || len(full.Quota.Stalest) != 5 || full.Quota.Stalest[0].ID != lost.Candidates[0].ID {
			t.Errorf("got %v", err)
		}
	}
}

// After a lost response to a regenerate, the token is revoked, whether or not the API carried out the regenerate.
func TestLostRegenerate(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{{Cut: emulator.CutAfter}, {Cut: emulator.CutBefore}, {Status: 500, AfterWork: true}, {Rewrite: noSecret}} {
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		b.must(b.em.RevokeToken(token.ID))
		fault.Operation, fault.Call = "RegenerateServiceUserToken", 1
		b.em.Fail(fault)
		_, err := b.service().Regenerate(t.Context(), token.ID)
		var lost *tokens.LostRegenerateError
		if !errors.As(err, &lost) || lost.CleanupErr != nil || len(b.em.ActiveTokens()) != 0 {
			t.Errorf("%+v: got %v, %d active", fault, err, len(b.em.ActiveTokens()))
		}
		if n := len(b.em.CallsOf("RegenerateServiceUserToken")); n != 1 {
			t.Errorf("sent %d times", n)
		}
	}
}
