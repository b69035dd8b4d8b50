package tokens_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// A token that is not in the list is requested once.
func TestLookup_missingToken_isRequestedOnce(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.hideAll()
	s := b.service()
	for range 3 {
		if _, err := s.Lookup(t.Context(), token.ID); err != nil {
			t.Error(err)
		}
	}
	if n := len(b.em.CallsOf("GetServiceUserToken")); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// Without a list no token is gone: neither if the list fails, nor if something else sent the response.
func TestLookup_isNeverGoneWithoutAList(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{{Status: 401}, {Status: 403}, {Status: 404}, {Status: 500}, {Status: 404, Body: "<html>", ContentType: "text/html"}, {Status: 200, Body: `{"hello":"world"}`}, {Status: 200, Body: "[]"}, {Cut: emulator.CutBefore}} {
		b := newFixture(t, emulator.Options{})
		fault.Operation = "ListServiceUserTokens"
		b.em.Fail(fault)
		s := b.service()
		_, byID := s.Lookup(t.Context(), "nobody")
		_, byName := s.ByName(t.Context(), "nobody")
		for _, err := range []error{byID, byName} {
			var failed *tokens.ListFailedError
			if !errors.As(err, &failed) || errors.Is(err, tokens.ErrGone) || failed.Error() == "" {
				t.Errorf("%+v: %v", fault, err)
			}
		}
		if n := len(b.em.CallsOf("GetServiceUserToken")); n != 0 {
			t.Errorf("%+v: requested the token anyway", fault)
		}
	}
}

// What this run knows without a request.
func TestKnown(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	s, ctx := b.service(), t.Context()
	if _, ok := s.Known(token.ID); ok || len(b.em.Calls()) != 0 {
		t.Error("known before anything was asked")
	}
	_, err := s.List(ctx)
	b.must(err)
	if known, ok := s.Known(token.ID); !ok || known.Name != "t" || s.Wrote() {
		t.Errorf("after the list: %+v, %t, wrote %t", known, ok, s.Wrote())
	}
	b.must(s.Revoke(ctx, prior(token.ID)))
	if known, ok := s.Known(token.ID); !ok || known.Active() || !s.Wrote() {
		t.Errorf("after the revoke: %+v, %t, wrote %t", known, ok, s.Wrote())
	}
	b.must(s.Retire(ctx, prior(token.ID), tokens.DestroyDelete))
	if _, ok := s.Known(token.ID); ok {
		t.Error("after the delete it is known")
	}
}

// A read or a refusal is no write. Every change is.
func TestWrote(t *testing.T) {
	t.Parallel()
	name := "other"
	for want, act := range map[string]func(s *tokens.Service, id string) error{
		"false read": func(s *tokens.Service, id string) error { _, err := s.Lookup(t.Context(), id); return err },
		"false refused edit": func(s *tokens.Service, _ string) error {
			_, _ = s.Edit(t.Context(), prior("nobody"), api.Edit{Name: &name})
			return nil
		},
		"true edit": func(s *tokens.Service, id string) error {
			_, err := s.Edit(t.Context(), prior(id), api.Edit{Name: &name})
			return err
		},
		"true revoke": func(s *tokens.Service, id string) error { return s.Revoke(t.Context(), prior(id)) },
		"true retire": func(s *tokens.Service, id string) error {
			return s.Retire(t.Context(), prior(id), tokens.DestroyDelete)
		},
		"true delete of a revoked one": func(s *tokens.Service, id string) error {
			return s.Retire(t.Context(), prior(id), tokens.DestroyDelete)
		},
		"true issue": func(s *tokens.Service, _ string) error {
			_, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "n"})
			return err
		},
	} {
		b := newFixture(t, emulator.Options{})
		s, id := b.service(), b.make("t").ID
		if strings.HasSuffix(want, "revoked one") {
			b.must(b.em.RevokeToken(id))
		}
		b.must(act(s, id))
		if s.Wrote() != strings.HasPrefix(want, "true") {
			t.Errorf("%s: wrote %t", want, s.Wrote())
		}
	}
}

func TestLookup_goneOnlyAfter404(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.hideAll()
	if found, err := b.service().Lookup(t.Context(), token.ID); err != nil || found.ID != token.ID {
		t.Errorf("missing in the list only: %v", err)
	}
	if _, err := b.service().Lookup(t.Context(), "nobody"); !errors.Is(err, tokens.ErrGone) {
		t.Errorf("not there: %v", err)
	}
	for _, fault := range []emulator.Fault{{Status: 403}, {Status: 500}, {Status: 404, Body: "not found", ContentType: "text/plain"}} {
		b.em.Heal()
		b.hideAll()
		fault.Operation = "GetServiceUserToken"
		b.em.Fail(fault)
		if _, err := b.service().Lookup(t.Context(), token.ID); err == nil || errors.Is(err, tokens.ErrGone) {
			t.Errorf("GET got %d: %v", fault.Status, err)
		}
	}
}

// The caller and the list are requested at the same time: the first response waits for the second request.
func TestLookupManaged_requestsTogether(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	listing := make(chan struct{})
	b.em.Fail(emulator.Fault{Operation: list, Before: func() { close(listing) }})
	b.em.Fail(emulator.Fault{Operation: "WhoAmI", Before: func() { <-listing }})
	s := b.service()
	if found, err := s.LookupManaged(t.Context(), tokens.Prior{ID: token.ID, OrganizationID: b.em.OrganizationID()}); err != nil || found.ID != token.ID {
		t.Errorf("%+v, %v", found, err)
	}
	var wrong *tokens.WrongOrganizationError
	if _, err := s.LookupManaged(t.Context(), tokens.Prior{ID: token.ID, OrganizationID: "role_other"}); !errors.As(err, &wrong) {
		t.Errorf("another organization: %v", err)
	}
	if n := len(b.em.Calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}
