package tokens_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// newHistory returns an organization with 20 active and 180 revoked tokens, two pages in all, and the tokens of each kind.
func newHistory(t *testing.T, habits emulator.Habits) (b *fixture, active, revoked []emulator.Token) {
	t.Helper()
	b = newFixture(t, emulator.Options{Tokens: 200, ActiveTokenLimit: 20, Habits: habits})
	for _, token := range b.em.Tokens() {
		if token.Status == string(api.StatusActive) {
			active = append(active, token)
		} else {
			revoked = append(revoked, token)
		}
	}
	return b, active, revoked
}

// lookup looks up a managed token, and fails unless it has this status.
func (b *fixture) lookup(s *tokens.Service, id string, want api.Status) {
	b.t.Helper()
	if found, err := s.LookupManaged(b.t.Context(), prior(id)); err != nil || found.ID != id || found.Status != want {
		b.t.Errorf("%s: got %+v, %v", id, found, err)
	}
}

// However many inactive tokens there are, the active ones cost one list. WhoAmI is one more request.
func TestHistory_isFree(t *testing.T) {
	t.Parallel()
	b, active, _ := newHistory(t, emulator.Habits{})
	s := b.service()
	var all sync.WaitGroup
	for _, token := range active {
		all.Go(func() { b.lookup(s, token.ID, api.StatusActive) })
	}
	all.Wait()
	if quota, err := s.Quota(t.Context(), 1); err != nil || quota.Active != 20 || quota.Limit != 20 || len(quota.Stalest) != 5 {
		t.Errorf("%+v, %v", quota, err)
	}
	if found, err := s.Find(t.Context(), "", active[3].Name); err != nil || found.ID != active[3].ID {
		t.Errorf("by name: %+v, %v", found, err)
	}
	if n := len(b.em.Calls()); n != 2 {
		t.Errorf("%d requests", n)
	}
	b.expectCalls(1, 0, 0)
}

// rewriteActive changes the page of the active tokens.
func rewriteActive(change func(page map[string]any)) func(*fixture) {
	return func(b *fixture) {
		b.em.Fail(emulator.Fault{Operation: list, Call: 1, Rewrite: rewritePage(change)})
	}
}

// If the list of active tokens is not reliable, the run lists all tokens, and nothing else: that list shows all of them as they
// are.
func TestHistory_anUnreliableListOfActiveTokensMeansAllTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		habits  emulator.Habits
		prepare func(b *fixture)
	}{
		"the filter is refused": {emulator.Habits{StatusFilter: emulator.FilterRefused}, nil},
		"the filter is refused with 422": {emulator.Habits{}, func(b *fixture) {
			b.em.Fail(emulator.Fault{Operation: list, Call: 1, Status: http.StatusUnprocessableEntity})
		}},
		"the filter is refused by something between": {emulator.Habits{}, func(b *fixture) {
			b.em.Fail(emulator.Fault{Operation: list, Call: 1, Status: http.StatusBadRequest, Body: "<html>", ContentType: "text/html"})
		}},
		"the filter is ignored": {emulator.Habits{StatusFilter: emulator.FilterIgnored}, nil},
		"nothing is counted":    {emulator.Habits{Missing: []string{"active_count", "active_limit"}}, nil},
		"more are counted than listed": {emulator.Habits{}, rewriteActive(func(page map[string]any) {
			page["service_user_tokens"] = page["service_user_tokens"].([]any)[1:]
		})},
		"fewer are counted than listed": {emulator.Habits{}, rewriteActive(func(page map[string]any) { page["active_count"] = 19 })},
		"one has a status that nobody knows": {emulator.Habits{}, rewriteActive(func(page map[string]any) {
			page["service_user_tokens"].([]any)[7].(map[string]any)["status"] = "TOKEN_STATUS_SUSPENDED"
		})},
		"none is listed, and the count left out": {emulator.Habits{}, rewriteActive(func(page map[string]any) {
			page["service_user_tokens"] = []any{}
			delete(page, "active_count")
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, active, revoked := newHistory(t, c.habits)
			if c.prepare != nil {
				c.prepare(b)
			}
			s := b.service()
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() { b.lookup(s, active[i].ID, api.StatusActive) })
				all.Go(func() { b.lookup(s, revoked[i].ID, api.StatusRevoked) })
			}
			all.Wait()
			if all, err := s.List(t.Context()); err != nil || len(all.Tokens) != 200 || all.ActiveCount != 20 {
				t.Errorf("%d tokens, %d active, %v", len(all.Tokens), all.ActiveCount, err)
			}
			b.expectCalls(1, 2, 0)
		})
	}
}

// Only if the server refuses the filter does the run list all tokens. After any other error the list has failed: no token counts
// as gone, and none is requested by itself.
func TestHistory_aListThatFailsIsNoRefusalOfTheFilter(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"401": {Status: 401}, "403": {Status: 403}, "404": {Status: 404}, "405": {Status: 405}, "500": {Status: 500}, "503": {Status: 503},
		"a page": {Status: 200, Body: "<html>", ContentType: "text/html"}, "other JSON": {Status: 200, Body: `{"hello":"world"}`}, "no response": {Cut: emulator.CutAfter},
	} {
		b, active, revoked := newHistory(t, emulator.Habits{})
		fault.Operation = list
		b.em.Fail(fault)
		s := b.service()
		for _, id := range []string{active[0].ID, revoked[0].ID, "nobody"} {
			_, err := s.LookupManaged(t.Context(), prior(id))
			var failed *tokens.ListFailedError
			if !errors.As(err, &failed) || errors.Is(err, tokens.ErrGone) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		b.expectCalls(len(b.lists), 0, 0)
	}
}

// The run looks for a name among the active tokens, and among all tokens only if no active one has it.
func TestHistory_byName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		names func(active, revoked emulator.Token) string
		whole int
		check func(found api.ServiceUserToken, err error, active, revoked emulator.Token) bool
	}{
		"active": {func(a, _ emulator.Token) string { return a.Name }, 0, func(found api.ServiceUserToken, err error, a, _ emulator.Token) bool {
			return err == nil && found.ID == a.ID
		}},
		"revoked": {func(_, r emulator.Token) string { return r.Name }, 2, func(found api.ServiceUserToken, err error, _, r emulator.Token) bool {
			return err == nil && found.ID == r.ID && !found.Active()
		}},
		"nobody": {func(_, _ emulator.Token) string { return "nobody" }, 2, func(_ api.ServiceUserToken, err error, _, _ emulator.Token) bool {
			return errors.Is(err, tokens.ErrGone)
		}},
	} {
		b, active, revoked := newHistory(t, emulator.Habits{})
		found, err := b.service().ByName(t.Context(), c.names(active[0], revoked[0]))
		if !c.check(found, err, active[0], revoked[0]) {
			t.Errorf("%s: got %+v, %v", name, found, err)
		}
		b.expectCalls(1, c.whole, 0)
	}
	// A failed list of all tokens does not prove that no token has the name.
	b, _, revoked := newHistory(t, emulator.Habits{})
	b.em.Fail(emulator.Fault{Operation: list, Call: 2, Status: 403})
	var failed *tokens.ListFailedError
	if _, err := b.service().ByName(t.Context(), revoked[0].Name); !errors.As(err, &failed) {
		t.Errorf("got %v", err)
	}
}

// Two managed tokens that are not active are requested by themselves. For the third, the run lists all tokens once, even if all
// of them are missing at the same moment. A token counts once, however often it is looked up.
func TestHistory_threeMissesMeanAllTokens(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][3]int{1: {1, 0, 1}, 2: {1, 0, 2}, 3: {1, 2, 2}, 60: {1, 2, 2}} {
		b, active, revoked := newHistory(t, emulator.Habits{})
		s := b.service()
		b.lookup(s, active[0].ID, api.StatusActive)
		var all sync.WaitGroup
		for _, token := range revoked[:n] {
			all.Go(func() { b.lookup(s, token.ID, api.StatusRevoked) })
		}
		all.Wait()
		for _, token := range revoked[:n] {
			b.lookup(s, token.ID, api.StatusRevoked)
			if known, ok := s.Known(token.ID); !ok || known.Active() {
				t.Errorf("the run takes %s for %+v", token.ID, known)
			}
		}
		if quota, err := s.Quota(t.Context(), 1); err != nil || quota.Active != 20 || !quota.Full() {
			t.Errorf("%d misses: %+v, %v", n, quota, err)
		}
		b.expectCalls(want[0], want[1], want[2])
	}
}

// The list of the active tokens lacks every inactive one. So a 404 for such a token is believed only if the list of all tokens
// lacks it too: a token that was revoked in an incident and is kept must not look deleted, and come back as a new one.
func TestHistory_a404AloneMakesNoInactiveTokenGone(t *testing.T) {
	t.Parallel()
	b, active, revoked := newHistory(t, emulator.Habits{})
	b.em.Fail(emulator.Fault{Operation: get, Status: http.StatusNotFound})
	s := b.service()
	b.lookup(s, active[0].ID, api.StatusActive)
	for range 2 {
		b.lookup(s, revoked[0].ID, api.StatusRevoked)
	}
	b.expectCalls(1, 2, 1)
	b.em.Fail(emulator.Fault{Operation: list, Call: 2, Status: 403})
	var failed *tokens.ListFailedError
	if _, err := b.service().LookupManaged(t.Context(), prior(revoked[0].ID)); errors.Is(err, tokens.ErrGone) || !errors.As(err, &failed) {
		t.Errorf("got %v", err)
	}
}

// A token is gone only after its own 404, whatever lists do not have it.
func TestHistory_goneOnlyAfterItsOwn404(t *testing.T) {
	t.Parallel()
	b, _, _ := newHistory(t, emulator.Habits{})
	s := b.service()
	for range 5 { // one token, however often, counts once
		if _, err := s.LookupManaged(t.Context(), prior("nobody")); !errors.Is(err, tokens.ErrGone) {
			t.Errorf("got %v", err)
		}
	}
	b.expectCalls(1, 2, 5)
	s = b.service()
	for i := range 5 {
		if _, err := s.LookupManaged(t.Context(), prior(fmt.Sprint("nobody ", i))); !errors.Is(err, tokens.ErrGone) {
			t.Errorf("got %v", err)
		}
	}
	b.expectCalls(1, 2, 5)
	// Neither list shows the token, but it exists.
	b, active, revoked := newHistory(t, emulator.Habits{})
	b.hideAll()
	s = b.service()
	for i := range 5 {
		b.lookup(s, active[i].ID, api.StatusActive)
		b.lookup(s, revoked[i].ID, api.StatusRevoked)
	}
	// If the list of all tokens fails, a token that is not in the list of active tokens does not count as gone.
	b, active, revoked = newHistory(t, emulator.Habits{})
	s = b.service()
	b.lookup(s, active[0].ID, api.StatusActive)
	b.em.Fail(emulator.Fault{Operation: list, Status: 403})
	for i := range 5 {
		_, err := s.LookupManaged(t.Context(), prior(revoked[i].ID))
		var failed *tokens.ListFailedError
		if errors.Is(err, tokens.ErrGone) || (err != nil) != errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
	}
	b.lookup(s, active[1].ID, api.StatusActive) // known since the first list
}
