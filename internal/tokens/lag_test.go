package tokens_test

import (
	"errors"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

const (
	get        = "GetServiceUserToken"
	revoke     = "RevokeServiceUserToken"
	regenerate = "RegenerateServiceUserToken"
	remove     = "DeleteServiceUserToken"
	update     = "UpdateServiceUserToken"
)

func TestLookup_youngTokenThatIsNotShownYet_isNotGone(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.hideAll()
	b.notYet(get, 4)
	if found, err := b.service().LookupManaged(t.Context(), priorOf(token)); err != nil || found.ID != token.ID {
		t.Errorf("got %+v, %v", found, err)
	}
	if b.waited < 3*time.Second || b.waited > 10*time.Second {
		t.Errorf("waited %s", b.waited)
	}
}

// The ten seconds are for the whole run, not for each token. An older token that does not exist is gone at once.
func TestLookup_patienceIsForTheWholeRun(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	s := b.service()
	gone := func(createdAt time.Time) {
		t.Helper()
		if _, err := s.LookupManaged(t.Context(), tokens.Prior{ID: "nobody", CreatedAt: createdAt}); !errors.Is(err, tokens.ErrGone) {
			t.Errorf("got %v", err)
		}
	}
	gone(b.now().Add(-6 * time.Minute))
	if b.waited != 0 {
		t.Errorf("waited %s for an old token", b.waited)
	}
	for range 3 {
		gone(b.now())
	}
	if b.waited != 10*time.Second {
		t.Errorf("waited %s", b.waited)
	}
}

// The list shows the token as it was before it was regenerated: revoked, with an older secret than that in state.
func TestLookup_olderView_isRequestedAgain(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	s, id := b.listedRevoked()
	b.advance(1)
	found, err := s.LookupManaged(t.Context(), b.regenerated(id))
	if err != nil || !found.Active() || len(b.em.CallsOf(get)) != 1 {
		t.Errorf("got %+v, %v with %d calls", found, err, len(b.em.CallsOf(get)))
	}
}

// A token that stays revoked until the patience is used up counts as revoked.
func TestLookup_staysRevoked_countsAsRevoked(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.must(b.em.RevokeToken(token.ID))
	prior := priorOf(token)
	prior.IssuedAt = prior.IssuedAt.Add(time.Hour)
	if found, err := b.service().LookupManaged(t.Context(), prior); err != nil || found.Active() || b.waited != 10*time.Second {
		t.Errorf("got %+v, %v after %s", found, err, b.waited)
	}
}

// A destroy right after an apply: the service does not show the token yet. The token is revoked and deleted, not forgotten.
func TestRetire_aYoungTokenIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.notYet(revoke, 2)
	b.must(b.service().Retire(t.Context(), priorOf(token), tokens.DestroyDelete))
	if left := b.em.Tokens(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

// An action of this run has revoked the token. So "not active" is no lag, and the run does not wait.
func TestRetire_revokedByThisRun_doesNotWait(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	s := b.service()
	b.must(s.Revoke(t.Context(), tokens.Prior{ID: token.ID, CreatedAt: token.CreatedAt}))
	b.must(s.Retire(t.Context(), priorOf(token), tokens.DestroyDelete))
	if calls := len(b.em.CallsOf(revoke)); calls != 2 || b.waited != 0 || len(b.em.Tokens()) > 0 {
		t.Errorf("%d calls to revoke, waited %s, left %d", calls, b.waited, len(b.em.Tokens()))
	}
	// A regenerated token is active again, so that "not active" is a lag again.
	token = b.make("u")
	b.must(s.Revoke(t.Context(), priorOf(token)))
	_, err := s.Regenerate(t.Context(), token.ID)
	b.must(err)
	notActive := emulator.Fault{Operation: revoke, Status: 400, Body: `{"code":9,"message":"no","details":[{"reason":"TOKEN_NOT_ACTIVE"}]}`, Call: 1}
	b.em.Fail(notActive)
	b.must(s.Retire(t.Context(), priorOf(token), tokens.DestroyDelete))
	if b.waited == 0 || len(b.em.Tokens()) > 0 {
		t.Errorf("waited %s, left %d", b.waited, len(b.em.Tokens()))
	}
}

// The run's own revoke is not visible to the delete yet.
func TestRetire_deleteWaitsForItsOwnRevoke(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.stillActive(remove, 3)
	b.must(b.service().Retire(t.Context(), priorOf(token), tokens.DestroyDelete))
	if left := b.em.Tokens(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestRegenerate_waitsForItsOwnRevoke(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.stillActive(regenerate, 3)
	s := b.service()
	b.must(s.Revoke(t.Context(), priorOf(token)))
	made, err := s.Regenerate(t.Context(), token.ID)
	if err != nil || !b.em.Accepts(made.Secret.Reveal()) {
		t.Errorf("got %v", err)
	}
}

// Somebody regenerated the token, so it is active with a secret that Terraform does not have. That is an error, without a wait.
func TestRegenerate_activeByOthersIsAnError(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	if _, err := b.service().Regenerate(t.Context(), token.ID); !api.HasReason(err, api.ReasonTokenActive) || b.waited != 0 {
		t.Errorf("got %v after %s", err, b.waited)
	}
}

func TestEdit_youngTokenThatIsNotShownYet(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	b.notYet(update, 2)
	name := "renamed"
	if edited, err := b.service().Edit(t.Context(), priorOf(token), api.Edit{Name: &name}); err != nil || edited.Name != name {
		t.Errorf("got %+v, %v", edited, err)
	}
}

// After a success without a body, the run reads the token.
func TestEdit_responseWithoutABody_readsTheToken(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"done":     {Status: 200, AfterWork: true, Empty: true},
		"204":      {Status: 204, AfterWork: true, Empty: true},
		"not done": {Status: 200, Empty: true},
	} {
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		fault.Operation = update
		b.em.Fail(fault)
		other, days := "renamed", int64(60)
		edit := api.Edit{Name: &other, InactivityExpiryDays: &days, PermissionSetIDs: []string{b.em.PermissionSetID("Reporting")}}
		if _, err := b.service().Edit(t.Context(), priorOf(token), edit); (err == nil) != fault.AfterWork {
			t.Errorf("%s: %v", name, err)
		}
	}
}
