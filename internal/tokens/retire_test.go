package tokens_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// Retire succeeds from every state that an earlier Retire, or somebody else, can have left.
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
			if done := fault.Cut == emulator.CutAfter; (first == nil) != done { // reading the token shows that it was done
				t.Errorf("%s %+v: %v", operation, fault, first)
			}
			b.must(b.service().Retire(t.Context(), prior(id), tokens.DestroyDelete))
			if len(b.em.Tokens()) > 0 {
				t.Errorf("%s: not retired", operation)
			}
		}
	}
}

// After a lost response, the run finds the token revoked or gone. The run then knows of the revoke like of any other.
func TestRevoke_withALostResponse_isSeenByTheRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(b *fixture, id string)
		active  int64
		there   bool
	}{
		"response lost": {func(b *fixture, _ string) {
			b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutAfter})
		}, 0, true},
		"response lost, deleted since": {func(b *fixture, id string) {
			b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutAfter, After: func() { b.must(b.em.DeleteToken(id)) }})
		}, 0, false},
		"deleted since": {func(b *fixture, id string) { b.must(b.em.RevokeToken(id)); b.must(b.em.DeleteToken(id)) }, 0, false},
	} {
		b := newFixture(t, emulator.Options{})
		id := b.make("t").ID
		s := b.service()
		_, err := s.List(t.Context())
		b.must(err)
		c.prepare(b, id)
		b.must(s.Revoke(t.Context(), prior(id)))
		list, err := s.List(t.Context())
		if err != nil || list.ActiveCount != c.active || (len(list.Tokens) == 1) != c.there {
			t.Errorf("%s: the run sees %d tokens, %d active, %v", name, len(list.Tokens), list.ActiveCount, err)
		}
	}
}

// If it is unknown whether a revoke was carried out, and reading the token fails, that is an error.
func TestRevoke_failedLookup_isAnError(t *testing.T) {
	t.Parallel()
	for _, lookup := range []emulator.Fault{{Status: 500}, {Status: 403}, {Cut: emulator.CutBefore}, {Status: 404, Body: "not found", ContentType: "text/plain"}} {
		b := newFixture(t, emulator.Options{})
		id := b.make("t").ID
		b.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Cut: emulator.CutBefore})
		lookup.Operation = "GetServiceUserToken"
		b.em.Fail(lookup)
		if err := b.service().Revoke(t.Context(), prior(id)); err == nil || !strings.Contains(err.Error(), "RevokeServiceUserToken") || len(b.em.ActiveTokens()) != 1 {
			t.Errorf("%+v: %v", lookup, err)
		}
	}
}

// After a refusal without a reason, the run reads the token. If the token is as wanted, that is success.
func TestRetire_refusedWithoutAReason_readsTheToken(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 409, 412} {
		for name, prepare := range map[string]func(b *fixture, id string){
			"revoked": func(b *fixture, id string) { b.must(b.em.RevokeToken(id)) },
			"expired": func(b *fixture, _ string) { b.advance(46) },
			"deleted": func(b *fixture, id string) { b.must(b.em.RevokeToken(id)); b.must(b.em.DeleteToken(id)) },
		} {
			b := newFixture(t, emulator.Options{})
			token := b.make("t")
			prepare(b, token.ID)
			b.em.Fail(emulator.Fault{Operation: revoke, Status: status, Body: `{"code":9,"message":"no"}`})
			if err := b.service().Retire(t.Context(), priorOf(token), tokens.DestroyDelete); err != nil || len(b.em.Tokens()) > 0 {
				t.Errorf("%d, %s: %v, left %d", status, name, err, len(b.em.Tokens()))
			}
		}
		b := newFixture(t, emulator.Options{})
		token := b.make("t")
		b.em.Fail(emulator.Fault{Operation: revoke, Status: status, Body: `{"code":9,"message":"no"}`})
		if err := b.service().Retire(t.Context(), priorOf(token), tokens.DestroyDelete); err == nil {
			t.Errorf("%d: an active token counts as revoked", status)
		}
	}
}

func TestRetireNamed(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	b.make("t ephemeral-1")
	other := b.make("t ephemeral-2")
	if n, err := b.service().RetireNamed(t.Context(), "t ephemeral-1"); err != nil || n != 1 || len(b.em.Tokens()) != 1 || b.em.Tokens()[0].ID != other.ID {
		t.Errorf("removed %d, %v, left %+v", n, err, b.em.Tokens())
	}
}
