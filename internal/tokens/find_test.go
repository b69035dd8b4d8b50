package tokens_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

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

// An id in another letter case is the same token, and not a second one.
func TestLookup_idInAnotherLetterCase(t *testing.T) {
	t.Parallel()
	s := scripted(func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "/service_user_tokens") {
			return 200, `{"service_user_tokens":[` + tokenJSON("abc", "n") + `],"active_count":1,"active_limit":20}`
		}
		return 200, `{"service_user_token":` + tokenJSON("abc", "n") + `}`
	})
	if found, err := s.Lookup(t.Context(), "ABC"); err != nil || found.ID != "abc" {
		t.Errorf("%+v, %v", found, err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list.Tokens) != 1 || list.ActiveCount != 1 {
		t.Errorf("the run sees %d tokens, %d active, %v", len(list.Tokens), list.ActiveCount, err)
	}
	if _, err := s.ByName(t.Context(), "n"); err != nil {
		t.Errorf("by name: %v", err)
	}
}

func TestAdoptable(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	living, dead := b.make("living"), b.make("dead")
	b.must(b.em.RevokeToken(dead.ID))
	b.make("twice")
	b.make("twice")
	s := b.service()
	for _, c := range []struct {
		id, name string
		want     error
	}{
		{living.ID, "", nil},
		{"", "living", nil},
		{dead.ID, "", tokens.ErrInactive},
		{"", "dead", tokens.ErrInactive},
		{"nobody", "", tokens.ErrGone},
		{"", "nobody", tokens.ErrGone},
	} {
		found, err := s.Adoptable(t.Context(), c.id, c.name)
		if !errors.Is(err, c.want) || (c.want == nil && found.ID != living.ID) {
			t.Errorf("%q %q: %+v, %v", c.id, c.name, found, err)
		}
		if errors.Is(c.want, tokens.ErrInactive) && (!strings.Contains(err.Error(), "revoked") || found.ID != dead.ID) {
			t.Errorf("%q %q: %v", c.id, c.name, err)
		}
	}
	var ambiguous *tokens.AmbiguousNameError
	if _, err := s.Adoptable(t.Context(), "", "twice"); !errors.As(err, &ambiguous) || ambiguous.Error() != `2 tokens are named "twice"` {
		t.Errorf("twice: %v", err)
	}
}

// Several inactive tokens with one name are ambiguous, like several active ones. One active token among inactive ones is not.
func TestByName_prefersTheOneActive(t *testing.T) {
	t.Parallel()
	b := newFixture(t, emulator.Options{})
	for range 2 {
		b.must(b.em.RevokeToken(b.make("n").ID))
	}
	var ambiguous *tokens.AmbiguousNameError
	if _, err := b.service().ByName(t.Context(), "n"); !errors.As(err, &ambiguous) || len(ambiguous.Tokens) != 2 {
		t.Errorf("two inactive: %v", err)
	}
	living := b.make("n")
	if found, err := b.service().ByName(t.Context(), "n"); err != nil || found.ID != living.ID {
		t.Errorf("one active: %+v, %v", found, err)
	}
	b.make("n")
	if _, err := b.service().ByName(t.Context(), "n"); !errors.As(err, &ambiguous) || len(ambiguous.Tokens) != 2 {
		t.Errorf("two active: %v", err)
	}
}
