package tokens_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

const list = "ListServiceUserTokens"

// lacking is a page of a list that lacks a token, as an API that counts places answers when the list has shifted.
func lacking(id string) func(int, http.Header, []byte) (int, []byte) {
	return func(status int, _ http.Header, body []byte) (int, []byte) {
		var page map[string]any
		_ = json.Unmarshal(body, &page)
		page["service_user_tokens"] = slices.DeleteFunc(page["service_user_tokens"].([]any), func(token any) bool {
			return token.(map[string]any)["id"] == id
		})
		body, _ = json.Marshal(page)
		return status, body
	}
}

// The number of active tokens is the organization's, whatever this run reads, writes or fails to see.
func TestActiveCount(t *testing.T) {
	t.Parallel()
	name := "edited"
	for what, act := range map[string]func(b *fixture, s *tokens.Service, id string){
		"a token that the list lacks is looked up": func(b *fixture, s *tokens.Service, id string) {
			b.em.Fail(emulator.Fault{Operation: list, Rewrite: lacking(id)})
			_, err := s.Lookup(t.Context(), id)
			b.must(err)
		},
		"a token that the list lacks is edited, revoked, regenerated and revoked": func(b *fixture, s *tokens.Service, id string) {
			b.em.Fail(emulator.Fault{Operation: list, Rewrite: lacking(id)})
			_, err := s.List(t.Context())
			b.must(err)
			_, err = s.Edit(t.Context(), id, api.Edit{Name: &name})
			b.must(err)
			b.must(s.Revoke(t.Context(), id))
			_, err = s.Regenerate(t.Context(), id)
			b.must(err)
			b.must(s.Retire(t.Context(), id, true))
		},
		"one is revoked and deleted while the pages are read": func(b *fixture, s *tokens.Service, id string) {
			b.em.Fail(emulator.Fault{Operation: list, Call: 1, After: func() { b.must(s.Retire(t.Context(), id, false)) }})
		},
		"one is revoked by others, and found so": func(b *fixture, s *tokens.Service, id string) {
			_, err := s.List(t.Context())
			b.must(err)
			b.must(b.em.RevokeToken(id))
			_, err = s.Fetch(t.Context(), id)
			b.must(err)
		},
		"one is revoked by others, and then here": func(b *fixture, s *tokens.Service, id string) {
			_, err := s.List(t.Context())
			b.must(err)
			b.must(b.em.RevokeToken(id))
			b.must(s.Revoke(t.Context(), id))
			if known, ok := s.Known(id); !ok || known.Active() {
				t.Errorf("the run takes it for %+v", known)
			}
		},
		"one is deleted by others, and then here": func(b *fixture, s *tokens.Service, id string) {
			_, err := s.List(t.Context())
			b.must(err)
			b.must(b.em.RevokeToken(id))
			b.must(b.em.DeleteToken(id))
			b.must(s.Retire(t.Context(), id, false))
		},
		"a create is lost, and cleaned up": func(b *fixture, s *tokens.Service, id string) {
			b.must(b.em.RevokeToken(id)) // a slot is free
			b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter})
			_, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "lost"})
			var lost *tokens.LostCreateError
			if !errors.As(err, &lost) || lost.Removed == nil {
				t.Errorf("got %v", err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newFixture(t, emulator.Options{Tokens: 119, ActiveTokenLimit: 120}) // two pages
			s := b.service()
			act(b, s, b.make("t").ID)
			seen, err := s.List(t.Context())
			b.must(err)
			if active := int64(len(b.em.ActiveTokens())); seen.ActiveCount != active {
				t.Errorf("the run counts %d active tokens, there are %d", seen.ActiveCount, active)
			}
			quota, err := s.Quota(t.Context())
			if full := len(b.em.ActiveTokens()) == 120; err != nil || quota.Full() != full || (len(quota.Stalest) > 0) != full {
				t.Errorf("full %t, %d stalest, %v", quota.Full(), len(quota.Stalest), err)
			}
		})
	}
}

// However many creates are refused, one list explains them, until this run has changed something.
func TestQuota_refusalsShareAList(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{Tokens: 320, ActiveTokenLimit: 20}) // 4 pages
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
	if n := len(b.em.CallsOf(list)); n != 8 {
		t.Errorf("%d pages for the run's list and 30 refusals, want 8", n)
	}
	b.must(s.Revoke(ctx, b.em.ActiveTokens()[0].ID))
	b.make("the slot is taken")
	b.em.ForgetCalls()
	refused()
	if n := len(b.em.CallsOf(list)); n != 4 {
		t.Errorf("%d pages for 30 refusals after a change, want 4", n)
	}
	// A list that fails is not asked for again and again either; the API's own words have to do.
	b.must(s.Revoke(ctx, b.em.ActiveTokens()[0].ID))
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

// What another run with the same credential made since this run has listed is not taken for the orphan of a lost create,
// unless the two came at the same moment.
func TestLostCreate_ofALongRun(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{"not acted on": {Cut: emulator.CutBefore}, "acted on": {Cut: emulator.CutAfter}} {
		b := newFixture(t, emulator.Options{})
		s := b.service()
		_, err := s.List(t.Context())
		b.must(err)
		theirs := b.make("t")
		b.passes(10 * time.Minute)
		fault.Operation = create
		b.em.Fail(fault)
		_, err = s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var lost *tokens.LostCreateError
		if !errors.As(err, &lost) || lost.Removed != nil || len(lost.Candidates) != len(b.em.Tokens()) {
			t.Errorf("%s: got %+v, %v", name, lost, err)
		}
		if token, ok := b.em.Token(theirs.ID); !ok || token.Status != "TOKEN_STATUS_ACTIVE" {
			t.Errorf("%s: another run's token was removed", name)
		}
	}
}

// Whom the credential belongs to and the list are asked for at the same time: the first answer waits for the second call.
func TestLookupIn_asksTogether(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	token := b.make("t")
	listing := make(chan struct{})
	b.em.Fail(emulator.Fault{Operation: list, Before: func() { close(listing) }})
	b.em.Fail(emulator.Fault{Operation: "WhoAmI", Before: func() { <-listing }})
	s := b.service()
	if found, err := s.LookupIn(t.Context(), b.em.OrganizationID(), token.ID); err != nil || found.ID != token.ID {
		t.Errorf("%+v, %v", found, err)
	}
	var wrong *tokens.WrongOrganizationError
	if _, err := s.LookupIn(t.Context(), "role_other", token.ID); !errors.As(err, &wrong) {
		t.Errorf("another organization: %v", err)
	}
	if n := len(b.em.Calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}

// Everything at once, as Terraform does it: what the run knows in the end is what there is. With a list that is there before,
// the number of active tokens is exact too.
func TestService_everythingAtOnce(t *testing.T) {
	t.Parallel()
	for _, listedBefore := range []bool{false, true} {
		t.Run(fmt.Sprintf("listed before %t", listedBefore), func(t *testing.T) {
			t.Parallel()
			everythingAtOnce(t, listedBefore)
		})
	}
}

func everythingAtOnce(t *testing.T, listedBefore bool) {
	b := newFixture(t, emulator.Options{Tokens: 250, ActiveTokenLimit: 400})
	s, ctx, name := b.service(), t.Context(), "edited"
	all := b.em.Tokens()
	if listedBefore {
		_, err := s.List(ctx)
		b.must(err)
	}
	var wait sync.WaitGroup
	for i, token := range all[:100] {
		wait.Go(func() {
			var err error
			switch i % 5 {
			case 0:
				_, err = s.Issue(ctx, api.NewServiceUserToken{Name: fmt.Sprint("made ", i%3)})
			case 1:
				_, err = s.Edit(ctx, token.ID, api.Edit{Name: &name})
			case 2:
				err = s.Retire(ctx, token.ID, i%2 == 0)
			case 3:
				if err = s.Revoke(ctx, token.ID); err == nil {
					_, err = s.Regenerate(ctx, token.ID)
				}
			default:
				_, err = s.LookupIn(ctx, b.em.OrganizationID(), token.ID)
			}
			if err != nil {
				t.Error(err)
			}
			if _, err := s.List(ctx); err != nil {
				t.Error(err)
			}
			_, _ = s.Quota(ctx)
			s.Known(token.ID)
		})
	}
	wait.Wait()
	seen, err := s.List(ctx)
	b.must(err)
	known := map[string]string{}
	for _, token := range seen.Tokens {
		known[token.ID] = token.Name + " " + string(token.Status)
	}
	for _, token := range b.em.Tokens() {
		if known[token.ID] != token.Name+" "+token.Status {
			t.Errorf("the run knows %q, there is %q", known[token.ID], token.Name+" "+token.Status)
		}
		delete(known, token.ID)
	}
	if len(known) > 0 {
		t.Errorf("the run knows what is not there: %v", known)
	}
	if active := int64(len(b.em.ActiveTokens())); listedBefore && seen.ActiveCount != active {
		t.Errorf("the run counts %d active tokens, there are %d", seen.ActiveCount, active)
	}
	if n := len(b.em.CallsOf(list)); n != 3 {
		t.Errorf("%d pages", n)
	}
}
