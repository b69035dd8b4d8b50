package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// fixture is an emulator with a clock, and services that call it.
type fixture struct {
	t   *testing.T
	em  *emulator.Emulator
	url string

	mu     sync.Mutex
	at     time.Time
	waited time.Duration
	onWait func()   // called with each wait; may be nil
	lists  []string // the status that each list asked for; empty for all
}

func newFixture(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	b := &fixture{t: t, at: issued}
	opts.Now, opts.RateLimit = b.now, -1
	b.em = emulator.New(opts)
	server := httptest.NewServer(b.recordLists(contracttest.Handler(t, b.em)))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *fixture) recordLists(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/service_user_tokens") && r.Method == http.MethodGet {
			b.mu.Lock()
			b.lists = append(b.lists, strings.ToLower(strings.TrimPrefix(r.URL.Query().Get("status"), "TOKEN_STATUS_")))
			b.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// expectCalls fails unless the run has asked for so many pages of the active tokens and of all, and for so many tokens by
// themselves. It forgets the calls.
func (b *fixture) expectCalls(active, whole, gets int) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	gotActive := 0
	for _, status := range b.lists {
		gotActive += strings.Count(status, "active")
	}
	if gotWhole, gotGets := len(b.lists)-gotActive, len(b.em.CallsOf(get)); gotActive != active || gotWhole != whole || gotGets != gets {
		b.t.Errorf("%d pages of active tokens, %d of all, %d tokens by themselves; want %d, %d, %d", gotActive, gotWhole, gotGets, active, whole, gets)
	}
	b.lists = nil
	b.em.ForgetCalls()
}

// now ticks, so that no two events are at one instant.
func (b *fixture) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(time.Microsecond)
	return b.at
}

func (b *fixture) advance(days int) { b.passes(time.Duration(days) * 24 * time.Hour) }

func (b *fixture) passes(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

// service is a new run.
func (b *fixture) service() *tokens.Service { return b.serviceAt(b.now) }

// serviceAt is a new run on a machine with another clock.
func (b *fixture) serviceAt(now func() time.Time) *tokens.Service {
	b.t.Helper()
	base, err := api.ParseBaseURL(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	return tokens.NewService(api.New(api.Options{
		BaseURL: base, Token: secret.New(b.em.Bearer()), Now: now, MaxRetries: 2, Backoff: time.Microsecond, RequestTimeout: time.Minute,
	}), tokens.Options{Now: now, Wait: func(ctx context.Context, d time.Duration) error {
		b.passes(d)
		if b.onWait != nil {
			b.onWait()
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waited += d
		return ctx.Err()
	}})
}

// prior is what state holds of a token that was not made just now.
func prior(id string) tokens.Prior {
	return tokens.Prior{ID: id, CreatedAt: issued.Add(-24 * time.Hour)}
}

func (b *fixture) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *fixture) make(name string) emulator.Token {
	b.t.Helper()
	token, _, err := b.em.CreateToken(emulator.TokenInput{Name: name})
	b.must(err)
	return token
}

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

// One Read that is cancelled does not fail the others, which wait for the same list.
func TestService_aCancelledCallerFailsAlone(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 1})
	s := b.service()
	ctx, cancel := context.WithCancel(t.Context())
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Before: cancel, Delay: 20 * time.Millisecond})
	first := make(chan error)
	go func() { _, err := s.List(ctx); first <- err }()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled one got %v", err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list.Tokens) != 1 {
		t.Errorf("the other got %v", err)
	}
	if n := len(b.em.CallsOf("ListServiceUserTokens")); n != 1 {
		t.Errorf("%d lists", n)
	}
}

// hideAll makes the list return no tokens.
func (b *fixture) hideAll() {
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Rewrite: func(status int, _ http.Header, _ []byte) (int, []byte) {
		return status, []byte(`{"service_user_tokens":[],"next_page_token":null,"active_count":0,"active_limit":20}`)
	}})
}

func TestLookup_goneOnlyWhenConfirmed(t *testing.T) {
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

func TestByName(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.make("twice")
	b.make("twice")
	b.must(b.em.RevokeToken(b.make("again").ID))
	living := b.make("again")
	dead := b.make("dead")
	b.must(b.em.RevokeToken(dead.ID))
	s := b.service()
	for name, want := range map[string]string{"again": living.ID, "dead": dead.ID} {
		if found, err := s.ByName(t.Context(), name); err != nil || found.ID != want {
			t.Errorf("%s: %v, %v", name, found.ID, err)
		}
	}
	var ambiguous *tokens.AmbiguousNameError
	if _, err := s.ByName(t.Context(), "twice"); !errors.As(err, &ambiguous) || len(ambiguous.Tokens) != 2 {
		t.Errorf("twice: %v", err)
	}
	for _, name := range []string{"nobody", "Again", "agai", ""} {
		if _, err := s.ByName(t.Context(), name); !errors.Is(err, tokens.ErrGone) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Retire converges from every state that an earlier one, or others, can have left.
func TestRetire_fromEveryState(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(b *fixture, id string){
		"active":  func(*fixture, string) {},
		"revoked": func(b *fixture, id string) { b.must(b.em.RevokeToken(id)) },
		"expired": func(b *fixture, _ string) { b.advance(45) },
		"deleted": func(b *fixture, id string) { b.must(b.em.RevokeToken(id)); b.must(b.em.DeleteToken(id)) },
		"lost response to revoke": func(b *fixture, _ string) {
			b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutAfter})
		},
		"lost response to delete": func(b *fixture, _ string) {
			b.em.Fail(emulator.Fault{Operation: "DeleteServiceUserToken", Call: 1, Cut: emulator.CutAfter})
		},
	} {
		for _, onDestroy := range []tokens.OnDestroy{tokens.DestroyDelete, tokens.DestroyRevoke} {
			b := newFixture(t, emulator.Options{})
			id := b.make("t").ID
			prepare(b, id)
			if err := b.service().Retire(t.Context(), prior(id), onDestroy); err != nil {
				t.Errorf("%s, %s: %v", name, onDestroy, err)
			}
			if _, there := b.em.Token(id); there != (onDestroy == tokens.DestroyRevoke && name != "deleted") || len(b.em.ActiveTokens()) > 0 {
				t.Errorf("%s, %s: the record is there: %t", name, onDestroy, there)
			}
		}
	}
}

func TestRetire_failureIsReportedAndCanBeRetried(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"RevokeServiceUserToken", "DeleteServiceUserToken"} {
		for _, fault := range []emulator.Fault{{Status: 500}, {Cut: emulator.CutBefore}, {Cut: emulator.CutAfter}, {Status: 403}} {
			b := newFixture(t, emulator.Options{})
			id := b.make("t").ID
			fault.Operation, fault.Call = operation, 1
			b.em.Fail(fault)
			first := b.service().Retire(t.Context(), prior(id), tokens.DestroyDelete)
			if done := fault.Cut == emulator.CutAfter; (first == nil) != done { // a look shows that it was done
				t.Errorf("%s %+v: %v", operation, fault, first)
			}
			b.must(b.service().Retire(t.Context(), prior(id), tokens.DestroyDelete))
			if len(b.em.Tokens()) > 0 {
				t.Errorf("%s: not retired", operation)
			}
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{ActiveTokenLimit: 3})
	never := b.make("never used")
	b.advance(1)
	old := b.make("used long ago")
	b.must(b.em.UseToken(old.ID))
	b.advance(10)
	busy := b.make("busy")
	b.must(b.em.UseToken(busy.ID))
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "one more"})
	var full *tokens.QuotaError
	if !errors.As(err, &full) || full.Quota.Active != 3 || full.Quota.Limit != 3 || !full.Quota.Full() {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, token := range full.Quota.Stalest {
		names = append(names, token.Name)
	}
	if want := []string{"never used", "used long ago", "busy"}; !slices.Equal(names, want) {
		t.Errorf("stalest first: %v", names)
	}
	b.must(b.em.RevokeToken(never.ID))
	_, err = b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "one more"})
	b.must(err)
	// A regenerate needs a slot too.
	if _, err := b.service().Regenerate(t.Context(), never.ID); !errors.As(err, &full) {
		t.Errorf("regenerate: %v", err)
	}
	if (tokens.Quota{Active: 5}).Full() {
		t.Error("a limit that is not known is full")
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	used := issued.Add(10 * day)
	token := api.ServiceUserToken{
		Name: "ci deploy", Status: api.StatusActive, PermissionSetIDs: []string{"p1", "p2"}, IssuedAt: issued, LastUsedAt: &used, ExpiresAt: used.Add(31 * day),
	}
	days := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		filter tokens.Filter
		at     time.Time
		want   bool
	}{
		"empty":                      {tokens.Filter{}, used, true},
		"status":                     {tokens.Filter{Statuses: []tokens.Status{tokens.Active}}, used, true},
		"other status":               {tokens.Filter{Statuses: []tokens.Status{tokens.Revoked}}, used, false},
		"name":                       {tokens.Filter{Name: regexp.MustCompile("^ci ")}, used, true},
		"other name":                 {tokens.Filter{Name: regexp.MustCompile("^hr ")}, used, false},
		"permission set":             {tokens.Filter{PermissionSetID: "p2"}, used, true},
		"other permission set":       {tokens.Filter{PermissionSetID: "p3"}, used, false},
		"unused, a second too few":   {tokens.Filter{UnusedForDays: days(5)}, used.Add(5*day - time.Second), false},
		"unused, exactly":            {tokens.Filter{UnusedForDays: days(5)}, used.Add(5 * day), true},
		"expires, a second too late": {tokens.Filter{ExpiresWithinDays: days(1)}, used.Add(30*day - time.Second), false},
		"expires, exactly":           {tokens.Filter{ExpiresWithinDays: days(1)}, used.Add(30 * day), true},
		"all fit":                    {tokens.Filter{Statuses: []tokens.Status{tokens.Active}, PermissionSetID: "p1", UnusedForDays: days(1)}, used.Add(2 * day), true},
		"all but one fit":            {tokens.Filter{Statuses: []tokens.Status{tokens.Active}, PermissionSetID: "p3", UnusedForDays: days(1)}, used.Add(2 * day), false},
	} {
		if got := c.filter.Matches(token, c.at); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	token.LastUsedAt = nil
	if !(tokens.Filter{UnusedForDays: days(10)}).Matches(token, used) {
		t.Error("a token never used does not count as unused since it was issued")
	}
	token.Status = api.StatusRevoked
	if tokens.ExpiresWithin(token, 1000, used) {
		t.Error("a revoked token is about to expire")
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
