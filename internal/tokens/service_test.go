package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
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

func TestService_listsOnceForAll(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 120, ActiveTokenLimit: 200})
	s := b.service()
	all := b.em.Tokens()
	var wait sync.WaitGroup
	for _, token := range all {
		wait.Go(func() {
			if found, err := s.Lookup(t.Context(), token.ID); err != nil || found.Name != token.Name {
				t.Errorf("%s: %v, %v", token.Name, found.Name, err)
			}
			if _, err := s.Caller(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if lists, whos := len(b.em.CallsOf("ListServiceUserTokens")), len(b.em.CallsOf("WhoAmI")); lists != 2 || whos != 1 || len(b.em.Calls()) != 3 {
		t.Errorf("%d lists, %d WhoAmI, %d calls", lists, whos, len(b.em.Calls()))
	}
	b.em.ForgetCalls()
	_, err := s.List(t.Context())
	b.must(err)
	list, err := s.List(t.Context())
	if err != nil || len(list.Tokens) != 120 || list.ActiveCount != 120 || !slices.IsSortedFunc(list.Tokens, func(a, b api.ServiceUserToken) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("%d tokens, %d active, %v", len(list.Tokens), list.ActiveCount, err)
	}
	if lists := len(b.em.CallsOf("ListServiceUserTokens")); lists != 2 || len(b.em.Calls()) != 2 {
		t.Errorf("%d lists of all tokens, %d calls", lists, len(b.em.Calls()))
	}
}

func TestService_aFailedListIsSentOnce(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Status: 403})
	s := b.service()
	for range 3 {
		_, err := s.Lookup(t.Context(), "x")
		var failed *tokens.ListFailedError
		if !errors.As(err, &failed) || errors.Is(err, tokens.ErrGone) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(b.em.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// If one Read is canceled, the others, which wait for the same list, do not fail.
func TestService_aCanceledCallerFailsAlone(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 1})
	s := b.service()
	ctx, cancel := context.WithCancel(t.Context())
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Before: cancel, Delay: 20 * time.Millisecond})
	first := make(chan error)
	go func() { _, err := s.List(ctx); first <- err }()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the canceled one got %v", err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list.Tokens) != 1 {
		t.Errorf("the other got %v", err)
	}
	if n := len(b.em.CallsOf("ListServiceUserTokens")); n != 1 {
		t.Errorf("%d lists", n)
	}
}

func TestService_writesAreSeenByTheRun(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	kept := b.make("kept")
	ctx, s := t.Context(), b.service()
	names := func() string {
		list, err := s.List(ctx)
		b.must(err)
		var text []string
		for _, token := range list.Tokens {
			text = append(text, fmt.Sprintf("%s:%s", token.Name, tokens.StatusOf(token)))
		}
		return fmt.Sprintf("%s %d/%d", strings.Join(text, " "), list.ActiveCount, list.ActiveLimit)
	}
	expect := func(want string) {
		t.Helper()
		if got := names(); got != want {
			t.Errorf("the run sees %q, want %q", got, want)
		}
	}
	expect("kept:active 1/20")
	made, err := s.Issue(ctx, api.NewServiceUserToken{Name: "made"})
	b.must(err)
	expect("kept:active made:active 2/20")
	other := "edited"
	_, err = s.Edit(ctx, prior(kept.ID), api.Edit{Name: &other})
	b.must(err)
	expect("edited:active made:active 2/20")
	b.must(s.Revoke(ctx, prior(kept.ID)))
	expect("edited:revoked made:active 1/20")
	_, err = s.Regenerate(ctx, kept.ID)
	b.must(err)
	expect("edited:active made:active 2/20")
	b.must(s.Retire(ctx, prior(made.Token.ID), tokens.DestroyDelete))
	expect("edited:active 1/20")
	if _, err := s.Lookup(ctx, made.Token.ID); !errors.Is(err, tokens.ErrGone) {
		t.Errorf("a deleted token is looked up: %v", err)
	}
	if n := len(b.em.CallsOf("ListServiceUserTokens")); n != 1 {
		t.Errorf("%d lists", n)
	}
}

func BenchmarkList(b *testing.B) {
	em := emulator.New(emulator.Options{Tokens: 1000, ActiveTokenLimit: 1000, RateLimit: -1})
	server := httptest.NewServer(em)
	defer server.Close()
	base, _ := api.ParseBaseURL(server.URL)
	client := api.New(api.Options{BaseURL: base, Token: secret.New(em.Bearer())})
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tokens.NewService(client, tokens.Options{}).List(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	s := tokens.NewService(client, tokens.Options{})
	id := em.Tokens()[500].ID
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.List(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("quota", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Quota(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("lookup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Lookup(b.Context(), id); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A list that fails is requested once, however many callers wait for it, and all get the same error.
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

// If one request for the caller is canceled, the others do not fail, as with the list.
func TestCaller_aCanceledOneFailsAlone(t *testing.T) {
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
		t.Errorf("the canceled one got %v", err)
	}
	close(release)
	if err := <-second; err != nil || calls.Load() != 1 {
		t.Errorf("the other got %v, %d calls", err, calls.Load())
	}
}
