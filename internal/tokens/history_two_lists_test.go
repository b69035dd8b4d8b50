package tokens_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// Others regenerate a token between the two lists: the run never shows it with a wrong status, and it is never gone.
func TestHistory_regeneratedBetweenTheLists(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(b *fixture, s *tokens.Service, revoked []emulator.Token){
		"all tokens are listed": func(b *fixture, s *tokens.Service, _ []emulator.Token) {
			_, err := s.List(b.t.Context())
			b.must(err)
		},
		"three others are missing": func(b *fixture, s *tokens.Service, revoked []emulator.Token) {
			for _, token := range revoked[1:4] {
				b.lookup(s, token.ID, api.StatusRevoked)
			}
		},
		"nothing else is requested": func(*fixture, *tokens.Service, []emulator.Token) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, active, revoked := newHistory(t, emulator.Habits{})
			b.must(b.em.RevokeToken(active[19].ID))
			s := b.service()
			b.lookup(s, active[0].ID, api.StatusActive)
			_, err := b.em.RegenerateToken(revoked[0].ID)
			b.must(err)
			read(b, s, revoked)
			now, _ := b.em.Token(revoked[0].ID)
			if found, err := s.LookupManaged(t.Context(), priorOf(now)); err != nil || !found.Active() || !found.IssuedAt.Equal(now.IssuedAt) {
				t.Errorf("got %+v, %v", found, err)
			}
			quota, err := s.Quota(t.Context(), 1)
			b.must(err)
			if all, err := s.List(t.Context()); err != nil || all.ActiveCount != 20 || quota.Active != 20 || len(all.Tokens) != 200 {
				t.Errorf("%d active, then %d of %d, %v", quota.Active, all.ActiveCount, len(all.Tokens), err)
			}
		})
	}
}

// Data sources in the same run: all tokens are listed once. If they come first, there is no list of the active ones.
func TestHistory_listOfAllTokensInTheSameRun(t *testing.T) {
	t.Parallel()
	for _, listFirst := range []bool{false, true} {
		b, active, revoked := newHistory(t, emulator.Habits{})
		s := b.service()
		lookups := func() {
			for i := range 5 {
				b.lookup(s, active[i].ID, api.StatusActive)
			}
		}
		if !listFirst {
			lookups()
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if all, err := s.List(t.Context()); err != nil || len(all.Tokens) != 200 || all.ActiveCount != 20 {
					t.Errorf("%d tokens, %d active, %v", len(all.Tokens), all.ActiveCount, err)
				}
			})
		}
		all.Wait()
		lookups()
		for i := range 5 {
			b.lookup(s, revoked[i].ID, api.StatusRevoked)
		}
		b.expectCalls(map[bool]int{false: 1, true: 0}[listFirst], 2, 0)
	}
}

// A look-up while the list of all tokens is in flight waits for that list, and needs no other.
func TestHistory_lookupWhileAllTokensAreListed(t *testing.T) {
	t.Parallel()
	b, active, _ := newHistory(t, emulator.Habits{})
	s := b.service()
	listing, release := make(chan struct{}), make(chan struct{})
	b.em.Fail(emulator.Fault{Operation: list, Call: 1, Before: func() { close(listing); <-release }})
	b.em.Fail(emulator.Fault{Operation: "WhoAmI", Call: 1, Before: func() { close(release) }}) // the look-up has begun
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := s.List(t.Context()); err != nil {
			t.Error(err)
		}
	})
	<-listing
	b.lookup(s, active[0].ID, api.StatusActive)
	all.Wait()
	b.expectCalls(0, 2, 0)
}

// The list of active tokens arrives after the list of all tokens, which began later. It does not replace the list of all tokens.
func TestHistory_listOfActiveTokensArrivesLast(t *testing.T) {
	t.Parallel()
	b, active, revoked := newHistory(t, emulator.Habits{})
	s := b.service()
	listing, release := make(chan struct{}), make(chan struct{})
	b.em.Fail(emulator.Fault{Operation: list, Call: 1, Before: func() { close(listing); <-release }})
	var all sync.WaitGroup
	all.Go(func() { b.lookup(s, active[0].ID, api.StatusActive) })
	<-listing
	_, err := s.List(t.Context())
	b.must(err)
	close(release)
	all.Wait()
	if known, ok := s.Known(revoked[0].ID); !ok || known.Active() {
		t.Errorf("the run takes a revoked token for %+v, %t", known, ok)
	}
	b.expectCalls(1, 2, 0)
}

// The list of all tokens does not undo what the run wrote before, and its changes are not counted twice.
func TestHistory_changesBetweenTheLists(t *testing.T) {
	t.Parallel()
	b, active, revoked := newHistory(t, emulator.Habits{})
	s := b.service()
	b.lookup(s, active[0].ID, api.StatusActive)
	b.must(s.Retire(t.Context(), prior(active[1].ID), tokens.DestroyDelete))
	b.must(s.Revoke(t.Context(), prior(active[2].ID)))
	_, err := s.Regenerate(t.Context(), revoked[0].ID)
	b.must(err)
	made, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "made"})
	b.must(err)
	for range 2 {
		quota, err := s.Quota(t.Context(), 1)
		if err != nil || quota.Active != 20 || !quota.Full() {
			t.Errorf("%+v, %v", quota, err)
		}
		all, err := s.List(t.Context())
		b.must(err)
		var names []string
		for _, token := range all.Tokens {
			if token.Active() {
				names = append(names, token.Name)
			}
		}
		if all.ActiveCount != 20 || len(names) != 20 || len(all.Tokens) != 200 || !strings.Contains(strings.Join(names, " "), made.Token.Name) {
			t.Errorf("%d active of %d, %v", all.ActiveCount, len(all.Tokens), names)
		}
	}
}

// A list of active tokens does not prove that a token did not exist. Others regenerate a revoked token of the same name, and the
// response to a create is lost. Without created_at, that token looks like a leftover and is named too. With the list of all
// tokens, or with created_at, it is not. The real leftover token is always named, and no token is changed.
func TestHistory_lostCreateAndAnOlderTokenOfItsName(t *testing.T) {
	t.Parallel()
	for first, read := range firstReads {
		for _, missing := range [][]string{nil, {"created_at"}} {
			for cut, leftovers := range map[emulator.Cut]int{emulator.CutBefore: 0, emulator.CutAfter: 1} {
				t.Run(fmt.Sprintf("%s, without %v, %d leftovers", first, missing, leftovers), func(t *testing.T) {
					t.Parallel()
					b := newFixture(t, emulator.Options{Habits: emulator.Habits{Missing: missing}})
					older := b.make("t")
					b.must(b.em.RevokeToken(older.ID))
					b.advance(1)
					s := b.service()
					b.must(read(t.Context(), s))
					_, err := b.em.RegenerateToken(older.ID)
					b.must(err)
					b.em.Fail(emulator.Fault{Operation: create, Cut: cut})
					_, err = s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
					want := leftovers
					if strings.HasPrefix(first, "active") && missing != nil {
						want++
					}
					var lost *tokens.LostCreateError
					if !errors.As(err, &lost) || len(lost.Candidates) != want || len(b.em.ActiveTokens()) != 1+leftovers {
						t.Errorf("got %+v, want %d; %d are active", lost, want, len(b.em.ActiveTokens()))
					}
				})
			}
		}
	}
}
