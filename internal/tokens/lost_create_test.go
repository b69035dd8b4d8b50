package tokens_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

const create = "CreateServiceUserToken"

// noSecret is an answer to a create that was changed on its way.
func noSecret(status int, _ http.Header, body []byte) (int, []byte) {
	return status, []byte(strings.Replace(string(body), `"secret"`, `"secrets"`, 1))
}

// Whatever becomes of the answer to a create: it was acted on at most once, and no active token is left that nobody has
// the secret of.
func TestLostCreate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault emulator.Fault
		acted bool
	}{
		"cut before":              {emulator.Fault{Cut: emulator.CutBefore}, false},
		"cut after":               {emulator.Fault{Cut: emulator.CutAfter}, true},
		"500 before the work":     {emulator.Fault{Status: 500}, false},
		"500 after the work":      {emulator.Fault{Status: 500, AfterWork: true}, true},
		"502 page after the work": {emulator.Fault{Status: 502, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
		"503 empty, not acted on": {emulator.Fault{Status: 503, Empty: true}, false},
		"no secret in the answer": {emulator.Fault{Rewrite: noSecret}, true},
		"not JSON":                {emulator.Fault{Status: 200, AfterWork: true, Body: "{", ContentType: "application/json"}, true},
		"a page":                  {emulator.Fault{Status: 200, AfterWork: true, Body: "<html>", ContentType: "text/html"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newFixture(t, emulator.Options{ActiveTokenLimit: 2})
			mine := b.make("t") // of the same name, from before
			c.fault.Operation, c.fault.Call = create, 1
			b.em.Fail(c.fault)
			_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
			var lost *tokens.LostCreateError
			if !errors.As(err, &lost) || (lost.Removed != nil) != c.acted || lost.Left != nil || lost.Candidates != nil || lost.LookupErr != nil {
				t.Fatalf("got %+v, %v", lost, err)
			}
			if left := b.em.Tokens(); len(left) != 1 || left[0].ID != mine.ID || left[0].Status != "TOKEN_STATUS_ACTIVE" {
				t.Errorf("left: %v", left)
			}
			if n := len(b.em.CallsOf(create)); n != 1 {
				t.Errorf("the create was sent %d times", n)
			}
			// It converges with one free slot.
			again, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
			b.must(err)
			if !b.em.Accepts(again.Secret.Reveal()) {
				t.Error("the secret does not work")
			}
		})
	}
}

// A plain refusal is no lost answer.
func TestLostCreate_notForRefusals(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 409} {
		b := newFixture(t, emulator.Options{})
		b.em.Fail(emulator.Fault{Operation: create, Status: status})
		_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
		var lost *tokens.LostCreateError
		if err == nil || errors.As(err, &lost) {
			t.Errorf("%d: %v", status, err)
		}
		if n := len(b.em.Calls()); n != 3 {
			t.Errorf("%d: %d calls", status, n)
		}
	}
}

func TestLostCreate_whatCannotBeRemovedIsNamed(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter})
	b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: 500})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || lost.Left == nil || lost.CleanupErr == nil || lost.Left.ID != b.em.Tokens()[0].ID {
		t.Errorf("got %+v", lost)
	}
}

func TestLostCreate_lookupFails(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter, After: func() {
		b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Status: 503})
	}})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || lost.LookupErr == nil {
		t.Errorf("got %+v", lost)
	}
}

// What somebody else makes, or uses, at the same moment is not touched.
func TestLostCreate_othersTokensAreNotTouched(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	var others []string
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutBefore, Before: func() {
		used := b.make("t")
		b.must(b.em.UseToken(used.ID))
		others = append(others, used.ID, b.make("another name").ID)
	}})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || lost.Removed != nil {
		t.Errorf("got %+v", lost)
	}
	for _, id := range others {
		if token, ok := b.em.Token(id); !ok || token.Status != "TOKEN_STATUS_ACTIVE" {
			t.Errorf("%s was touched", token.Name)
		}
	}
}

func TestLostCreate_severalCandidatesAreListed(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Cut: emulator.CutAfter, Before: func() { b.make("t") }})
	_, err := b.service().Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) || len(lost.Candidates) != 2 || len(b.em.ActiveTokens()) != 2 {
		t.Errorf("got %+v", lost)
	}
}

// Creates of one name in one run come one after the other, so that the orphan of one is not taken for the token of another.
func TestLostCreate_sameNameInParallel(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.em.Fail(emulator.Fault{Operation: create, Call: 3, Cut: emulator.CutAfter})
	s := b.service()
	var wait sync.WaitGroup
	var mu sync.Mutex
	var secrets []string
	failed := 0
	for range 6 {
		wait.Go(func() {
			made, err := s.Issue(t.Context(), api.NewServiceUserToken{Name: "t"})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed++
				return
			}
			secrets = append(secrets, made.Secret.Reveal())
		})
	}
	wait.Wait()
	if failed != 1 || len(secrets) != 5 || len(b.em.ActiveTokens()) != 5 {
		t.Errorf("%d failed, %d secrets, %d active", failed, len(secrets), len(b.em.ActiveTokens()))
	}
	for _, secret := range secrets {
		if !b.em.Accepts(secret) {
			t.Error("a token that was made was taken for an orphan")
		}
	}
}

// A regenerate whose answer was lost leaves a revoked token, whether it was acted on or not.
func TestLostRegenerate(t *testing.T) {
	t.Parallel()
	for _, fault := range []emulator.Fault{{Cut: emulator.CutAfter}, {Cut: emulator.CutBefore}, {Status: 500, AfterWork: true}, {Rewrite: noSecret}} {
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		b.must(b.em.RevokeToken(token.ID))
		fault.Operation, fault.Call = "RegenerateServiceUserToken", 1
		b.em.Fail(fault)
		_, err := b.service().Regenerate(t.Context(), token.ID)
		var lost *tokens.LostRegenerateError
		if !errors.As(err, &lost) || lost.CleanupErr != nil || len(b.em.ActiveTokens()) != 0 {
			t.Errorf("%+v: got %v, %d active", fault, err, len(b.em.ActiveTokens()))
		}
		if n := len(b.em.CallsOf("RegenerateServiceUserToken")); n != 1 {
			t.Errorf("sent %d times", n)
		}
	}
}
