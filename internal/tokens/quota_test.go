package tokens_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

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

// However many creates are refused, one list explains them, until this run changes a token.
func TestQuota_refusalsShareAList(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 320, ActiveTokenLimit: 20}) // 300 of them are inactive
	s, ctx := b.service(), t.Context()
	refused := func() {
		t.Helper()
		var wait sync.WaitGroup
		for i := range 30 {
			wait.Go(func() {
				_, err := s.Issue(ctx, api.NewServiceUserToken{Name: fmt.Sprint("n", i)})
				var full *tokens.QuotaError
				if !errors.As(err, &full) || full.Quota.Active != 20 || len(full.Quota.Stalest) != 5 {
					t.Errorf("%v", err)
				}
			})
		}
		wait.Wait()
	}
	refused()
	if n := len(b.em.CallsOf(list)); n != 1 {
		t.Errorf("%d pages for 30 refusals, want 1", n)
	}
	b.must(s.Revoke(ctx, prior(b.em.ActiveTokens()[0].ID)))
	b.make("the slot is taken")
	b.em.ForgetCalls()
	refused()
	if n := len(b.em.CallsOf(list)); n != 1 {
		t.Errorf("%d pages for 30 refusals after a change, want 1", n)
	}
	// A list that fails is not requested again either; the error is the API's refusal.
	b.must(s.Revoke(ctx, prior(b.em.ActiveTokens()[0].ID)))
	b.make("and again")
	b.em.ForgetCalls()
	b.em.Fail(emulator.Fault{Operation: list, Status: 403})
	for range 5 {
		if _, err := s.Issue(ctx, api.NewServiceUserToken{Name: "n"}); !api.HasReason(err, api.ReasonActiveTokenLimit) {
			t.Errorf("%v", err)
		}
	}
	if n := len(b.em.CallsOf(list)); n != 1 {
		t.Errorf("%d lists that fail, want 1", n)
	}
}

// An interrupted list explains nothing, and is not kept.
func TestQuota_interruptedList_isNotKept(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 20})
	s := b.service()
	_, err := s.List(t.Context())
	b.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	b.em.Fail(emulator.Fault{Operation: list, Call: 1, Before: cancel, Cut: emulator.CutBefore})
	var full *tokens.QuotaError
	if _, err := s.Issue(ctx, api.NewServiceUserToken{Name: "n"}); err == nil || errors.As(err, &full) {
		t.Errorf("interrupted: %v", err)
	}
	if _, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "n"}); !errors.As(err, &full) {
		t.Errorf("the next one: %v", err)
	}
}
