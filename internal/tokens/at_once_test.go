package tokens_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// Many calls at once, as in Terraform: at the end, the run knows exactly the tokens that exist. If it listed the tokens before,
// it also knows the exact number of active ones.
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
				_, err = s.Edit(ctx, prior(token.ID), api.Edit{Name: &name})
			case 2:
				err = s.Retire(ctx, prior(token.ID), []tokens.OnDestroy{tokens.DestroyRevoke, tokens.DestroyDelete}[i%2])
			case 3:
				if err = s.Revoke(ctx, prior(token.ID)); err == nil {
					_, err = s.Regenerate(ctx, token.ID)
				}
			default:
				_, err = s.LookupManaged(ctx, tokens.Prior{ID: token.ID, OrganizationID: b.em.OrganizationID()})
			}
			if err != nil {
				t.Error(err)
			}
			if _, err := s.List(ctx); err != nil {
				t.Error(err)
			}
			_, _ = s.Quota(ctx, 1)
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
	// All tokens are three pages, and so are the active ones. A look-up lists the active ones if it comes before a list of all.
	if n := len(b.em.CallsOf(list)); n != 3 && (listedBefore || n != 6) {
		t.Errorf("%d pages", n)
	}
}
