package tokens_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// Another part of the run lists the tokens while a create is in flight. That list may show the new token, so the token is still
// named as a leftover: nobody has its secret.
func TestLostCreate_listedWhileInFlight(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	s := b.service()
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter, After: func() {
		_, err := s.List(t.Context())
		b.must(err)
	}})
	_, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || len(lost.Candidates) != 1 {
		t.Errorf("got %+v", lost)
	}
}

// A token that the run listed before the create is no leftover, whatever the clocks say.
func TestLostCreate_listedBeforeIsNotNamed(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.make("t")
	s := b.service()
	_, err := s.List(t.Context())
	b.must(err)
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutBefore})
	_, err = s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || len(lost.Candidates) != 0 {
		t.Errorf("got %+v", lost)
	}
}

// The Date of the responses is wrong, ahead or behind, because a proxy writes its own. The leftover token is named anyway.
func TestLostCreate_isNamedWhateverTheDate(t *testing.T) {
	t.Parallel()
	for _, wrong := range []time.Duration{-time.Hour, time.Hour} {
		b := newFixture(t, emulator.Options{Habits: emulator.Habits{DateOffset: wrong}})
		s := b.service()
		_, err := s.Caller(t.Context()) // measures the clock
		b.must(err)
		b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter})
		_, err = s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var lost *tokens.LostCreateError
		if !errors.As(err, &lost) || len(lost.Candidates) != 1 {
			t.Errorf("%s: got %+v", wrong, lost)
		}
	}
}

// A destroy right after an apply: the revoke did not reach the service, and the service does not show the token yet. This
// does not prove that the token is gone.
func TestRetire_lostRevokeOfAYoungTokenIsNotForgotten(t *testing.T) {
	t.Parallel()
	for _, onDestroy := range []tokens.OnDestroy{tokens.DestroyDelete, tokens.DestroyRevoke} {
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		b.em.Fail(emulator.Fault{Operation: revoke, Call: 1, Status: 503})
		b.notYet(get, 2)
		err := b.service().Retire(t.Context(), priorOf(token), onDestroy)
		if len(b.em.ActiveTokens()) > 0 && err == nil {
			t.Errorf("a live token is forgotten (on_destroy = %q)", onDestroy)
		}
	}
}

// Other calls have used up the run's patience. A list that is older than state still does not prove that a token was revoked.
func TestLookup_olderViewWithoutPatience_isRequestedAgain(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	s, id := b.listedRevoked()
	if _, err := s.LookupManaged(t.Context(), tokens.Prior{ID: "nobody", CreatedAt: b.now()}); !errors.Is(err, tokens.ErrGone) {
		t.Fatal(err)
	}
	if found, err := s.LookupManaged(t.Context(), b.regenerated(id)); err != nil || !found.Active() {
		t.Errorf("got %+v, %v", found, err)
	}
}

// A token whose created_at is in the future by every known clock may be new.
func TestLookup_tokenWithATimeInTheFuture_mayBeYoung(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Habits: emulator.Habits{ClockOffset: time.Hour, DateOffset: -time.Hour}})
	token := b.make("t")
	b.hideAll()
	b.notYet(get, 2)
	if found, err := b.service().LookupManaged(t.Context(), priorOf(token)); err != nil || found.ID != token.ID {
		t.Errorf("got %+v, %v", found, err)
	}
}

// If the API does not say when a secret was issued, the token is not unused since the year 1.
func TestUnusedSince_withoutIssuedAt(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Habits: emulator.Habits{Missing: []string{"issued_at"}}})
	b.make("t")
	all, err := b.service().List(t.Context())
	b.must(err)
	days := int64(30)
	for _, found := range []api.ServiceUserToken{all.Tokens[0], {Status: api.StatusActive}} {
		if (tokens.Filter{UnusedForDays: &days}).Matches(found, b.now()) {
			t.Errorf("%+v counts as unused for %d days", found, days)
		}
	}
	if since := tokens.UnusedSince(all.Tokens[0]); !since.Equal(all.Tokens[0].CreatedAt) {
		t.Errorf("unused since %s", since)
	}
}

// A service that lags still shows a regenerated token as inactive and refuses to revoke it. A destroy that keeps the record must
// not treat the live token as revoked.
func TestRetire_aJustRegeneratedTokenIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	notActive := emulator.Fault{Operation: revoke, Status: http.StatusBadRequest, Body: `{"code":9,"message":"not active","details":[{"reason":"TOKEN_NOT_ACTIVE"}]}`}
	for notActive.Call = 1; notActive.Call <= 2; notActive.Call++ {
		b.em.Fail(notActive)
	}
	b.must(b.service().Retire(t.Context(), priorOf(token), tokens.DestroyRevoke))
	if left := b.em.ActiveTokens(); len(left) > 0 {
		t.Errorf("still active: %d", len(left))
	}
}

// The user interrupts while the run waits for a service that lags. The token does not count as gone: a read does not remove it
// from state, and a destroy does not forget it.
func TestInterrupt_whileWaiting_isNotGone(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]func(context.Context, *tokens.Service, tokens.Prior) error{
		"read": func(ctx context.Context, s *tokens.Service, h tokens.Prior) error {
			_, err := s.LookupManaged(ctx, h)
			return err
		},
		"destroy": func(ctx context.Context, s *tokens.Service, h tokens.Prior) error {
			return s.Retire(ctx, h, tokens.DestroyRevoke)
		},
	} {
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		ctx, cancel := context.WithCancel(t.Context())
		b.onWait = cancel
		b.hideAll()
		b.notYet(get, 9)
		b.notYet(revoke, 9)
		s := b.service()
		if err := try(ctx, s, priorOf(token)); err == nil || errors.Is(err, tokens.ErrGone) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// The user interrupts between a request and its response. The run still reads whether the token was revoked, so that state
// shows that a rotation has begun.
func TestRevoke_interrupted_readsTheToken(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	ctx, cancel := context.WithCancel(t.Context())
	b.em.Fail(emulator.Fault{Operation: revoke, Cut: emulator.CutAfter, After: cancel})
	if err := b.service().Revoke(ctx, priorOf(token)); err != nil || len(b.em.ActiveTokens()) != 0 {
		t.Errorf("got %v, %d active", err, len(b.em.ActiveTokens()))
	}
}
