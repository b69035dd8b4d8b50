package tokens_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// scripted is a service whose responses come from a function, for behavior that the contract excludes.
func scripted(respond func(r *http.Request) (status int, body string)) *tokens.Service {
	base, _ := api.ParseBaseURL(api.DefaultBaseURL)
	client := api.New(api.Options{BaseURL: base, Token: secret.New("t"), Transport: transport(func(r *http.Request) (*http.Response, error) {
		status, body := respond(r)
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}, nil
	})})
	return tokens.NewService(client, tokens.Options{Now: func() time.Time { return issued }})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func tokenJSON(id, name string) string {
	return fmt.Sprintf(`{"id":%q,"name":%q,"status":"TOKEN_STATUS_ACTIVE","issued_at":"2026-01-01T12:00:00Z"}`, id, name)
}

// A token that is asked for by an id written otherwise is the same token, and not a second one.
func TestLookup_byAnIDWrittenOtherwise(t *testing.T) {
	t.Parallel()
	s := scripted(func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "/service_user_tokens") {
			return 200, `{"service_user_tokens":[` + tokenJSON("abc", "n") + `],"active_count":1,"active_limit":20}`
		}
		return 200, `{"service_user_token":` + tokenJSON("abc", "n") + `}`
	})
	if found, err := s.Lookup(t.Context(), "ABC"); err != nil || found.ID != "abc" {
		t.Errorf("%+v, %v", found, err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list.Tokens) != 1 || list.ActiveCount != 1 {
		t.Errorf("the run sees %d tokens, %d active, %v", len(list.Tokens), list.ActiveCount, err)
	}
	if _, err := s.ByName(t.Context(), "n"); err != nil {
		t.Errorf("by name: %v", err)
	}
}

// A token that the list lacked is asked for once.
func TestLookup_confirmsOnce(t *testing.T) {
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

// Without a list nothing is gone: neither if it fails, nor if the response is that of something else.
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
			t.Errorf("%+v: asked for the token all the same", fault)
		}
	}
}

// A list that fails is sent once however many wait for it, and says the same to all.
func TestService_aFailedListIsTheSameForAll(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Status: 403})
	b.em.Fail(emulator.Fault{Operation: "WhoAmI", Status: 401})
	s := b.service()
	var wait sync.WaitGroup
	var texts, whos sync.Map
	for range 50 {
		wait.Go(func() {
			_, err := s.Lookup(t.Context(), "x")
			texts.Store(fmt.Sprint(err), nil)
			_, err = s.Caller(t.Context())
			whos.Store(fmt.Sprint(err), nil)
			var unreadable *tokens.CallerError
			if !errors.As(err, &unreadable) || !strings.Contains(err.Error(), "401") {
				t.Errorf("caller: %v", err)
			}
		})
	}
	wait.Wait()
	count := func(m *sync.Map) (n int) { m.Range(func(any, any) bool { n++; return true }); return n }
	if count(&texts) != 1 || count(&whos) != 1 || len(b.em.Calls()) != 2 {
		t.Errorf("%d and %d errors, %d calls", count(&texts), count(&whos), len(b.em.Calls()))
	}
}

// What this run knows without asking.
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

// A read or a refusal is no write; each write is one.
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

// A revoke after whose lost response the token is found revoked, or gone, is seen by the run like any other.
func TestRevoke_withALostResponse_isSeenByTheRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(b *fixture, id string)
		active  int64
		there   bool
	}{
		"response lost": {func(b *fixture, _ string) {
			b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutAfter})
		}, 0, true},
		"response lost, deleted since": {func(b *fixture, id string) {
			b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutAfter, After: func() { b.must(b.em.DeleteToken(id)) }})
		}, 0, false},
		"deleted since": {func(b *fixture, id string) { b.must(b.em.RevokeToken(id)); b.must(b.em.DeleteToken(id)) }, 0, false},
	} {
		b := newFixture(t, emulator.Options{})
		id := b.make("t").ID
		s := b.service()
		_, err := s.List(t.Context())
		b.must(err)
		c.prepare(b, id)
		b.must(s.Revoke(t.Context(), prior(id)))
		list, err := s.List(t.Context())
		if err != nil || list.ActiveCount != c.active || (len(list.Tokens) == 1) != c.there {
			t.Errorf("%s: the run sees %d tokens, %d active, %v", name, len(list.Tokens), list.ActiveCount, err)
		}
	}
}

// A revoke that may or may not have been done, and cannot be looked up, is an error.
func TestRevoke_thatCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	for _, lookup := range []emulator.Fault{{Status: 500}, {Status: 403}, {Cut: emulator.CutBefore}, {Status: 404, Body: "not found", ContentType: "text/plain"}} {
		b := newFixture(t, emulator.Options{})
		id := b.make("t").ID
		b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Cut: emulator.CutBefore})
		lookup.Operation = "GetServiceUserToken"
		b.em.Fail(lookup)
		if err := b.service().Revoke(t.Context(), prior(id)); err == nil || !strings.Contains(err.Error(), "RevokeServiceUserToken") || len(b.em.ActiveTokens()) != 1 {
			t.Errorf("%+v: %v", lookup, err)
		}
	}
}

func TestCaller(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	s, ctx := b.service(), t.Context()
	b.must(s.CheckOrganization(ctx, b.em.OrganizationID()))
	b.must(s.CheckOrganization(ctx, ""))
	var wrong *tokens.WrongOrganizationError
	if err := s.CheckOrganization(ctx, "role_other"); !errors.As(err, &wrong) || wrong.Want != "role_other" || wrong.Got != b.em.OrganizationID() || !strings.Contains(err.Error(), "role_other") || !strings.Contains(err.Error(), b.em.OrganizationID()) {
		t.Errorf("got %v", err)
	}
	for id, want := range map[string]bool{b.em.CallerID(): true, "user_other": false, "": false} {
		if own, err := s.IsOwn(ctx, id); err != nil || own != want {
			t.Errorf("%q: own %t, %v", id, own, err)
		}
	}
	if n := len(b.em.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
	b.em.Fail(emulator.Fault{Operation: "WhoAmI", Status: 500})
	failing := b.service()
	if err := failing.CheckOrganization(ctx, ""); err == nil {
		t.Error("a caller that cannot be read passes for any organization")
	}
	if own, err := failing.IsOwn(ctx, ""); own || err == nil {
		t.Errorf("own %t, %v", own, err)
	}
}

// An error contains the server's name for its organization, without characters that control a terminal.
func TestWrongOrganizationIsHarmless(t *testing.T) {
	t.Parallel()
	s := scripted(func(*http.Request) (int, string) {
		return 200, `{"user_id":"u","organisation_id":"o\u001b[31m\u202e` + strings.Repeat("x", 1000) + `"}`
	})
	if err := s.CheckOrganization(t.Context(), "mine"); err == nil || strings.ContainsAny(err.Error(), "\x1b\u202e") || len(err.Error()) > 400 {
		t.Errorf("%q", err)
	}
}

// A cancelled look-up for the caller fails alone, as with the list.
func TestCaller_aCancelledOneFailsAlone(t *testing.T) {
	t.Parallel()
	started, release := make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	s := scripted(func(*http.Request) (int, string) {
		calls.Add(1)
		close(started)
		<-release
		return 200, `{"user_id":"u","organisation_id":"o"}`
	})
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := s.Caller(ctx); first <- err }()
	<-started
	go func() { _, err := s.Caller(t.Context()); second <- err }()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled one got %v", err)
	}
	close(release)
	if err := <-second; err != nil || calls.Load() != 1 {
		t.Errorf("the other got %v, %d calls", err, calls.Load())
	}
}

func TestAdoptable(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	living, dead := b.make("living"), b.make("dead")
	b.must(b.em.RevokeToken(dead.ID))
	b.make("twice")
	b.make("twice")
	s := b.service()
	for _, c := range []struct {
		id, name string
		want     error
	}{
		{living.ID, "", nil},
		{"", "living", nil},
		{dead.ID, "", tokens.ErrInactive},
		{"", "dead", tokens.ErrInactive},
		{"nobody", "", tokens.ErrGone},
		{"", "nobody", tokens.ErrGone},
	} {
		found, err := s.Adoptable(t.Context(), c.id, c.name)
		if !errors.Is(err, c.want) || (c.want == nil && found.ID != living.ID) {
			t.Errorf("%q %q: %+v, %v", c.id, c.name, found, err)
		}
		if errors.Is(c.want, tokens.ErrInactive) && (!strings.Contains(err.Error(), "revoked") || found.ID != dead.ID) {
			t.Errorf("%q %q: %v", c.id, c.name, err)
		}
	}
	var ambiguous *tokens.AmbiguousNameError
	if _, err := s.Adoptable(t.Context(), "", "twice"); !errors.As(err, &ambiguous) || ambiguous.Error() != `2 tokens are named "twice"` {
		t.Errorf("twice: %v", err)
	}
}

// Several inactive tokens of a name are as ambiguous as several active ones; one active among inactive ones is not.
func TestByName_prefersTheOneActive(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	for range 2 {
		b.must(b.em.RevokeToken(b.make("n").ID))
	}
	var ambiguous *tokens.AmbiguousNameError
	if _, err := b.service().ByName(t.Context(), "n"); !errors.As(err, &ambiguous) || len(ambiguous.Tokens) != 2 {
		t.Errorf("two inactive: %v", err)
	}
	living := b.make("n")
	if found, err := b.service().ByName(t.Context(), "n"); err != nil || found.ID != living.ID {
		t.Errorf("one active: %+v, %v", found, err)
	}
	b.make("n")
	if _, err := b.service().ByName(t.Context(), "n"); !errors.As(err, &ambiguous) || len(ambiguous.Tokens) != 2 {
		t.Errorf("two active: %v", err)
	}
}
