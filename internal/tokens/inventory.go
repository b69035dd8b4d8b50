package tokens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// inventory is what a run knows of the organization's tokens: one list, and on top of it what the run itself has written
// or read. Each of the two lists is read at most once.
type inventory struct {
	active shared[listing] // of the active tokens
	whole  shared[listing]
	writes atomic.Int64 // how often this run has changed a token

	mu      sync.Mutex
	base    *listing          // the list that the run works with; nil until one is read
	missed  map[string]bool   // the tokens that it lacked, by api.IDKey
	changes map[string]change // by api.IDKey
	merged  *List             // the list with the changes; nil until it is asked for again
}

// List is all tokens of the organization as a run knows them.
type List struct {
	// Tokens are sorted by name, then id. Everybody gets the same ones, so nobody may change them.
	Tokens []api.ServiceUserToken
	// ActiveCount and ActiveLimit are the organization's. A limit of 0 is not known.
	ActiveCount, ActiveLimit int64
}

// ErrGone is a token that is not there: neither in the list nor, asked for by itself, by its id.
var ErrGone = errors.New("the token does not exist")

// List returns all tokens. The API is asked for all of them once in a run.
func (s *Service) List(ctx context.Context) (List, error) {
	if err := s.listAll(ctx); err != nil {
		return List{}, err
	}
	return s.inventory.merge(), nil
}

// enoughMisses is how many tokens the list of the active ones may lack until all tokens are listed: one list is cheaper then
// than a request for each token.
const enoughMisses = 3

// Lookup returns one token: from the run's list or, if the list lacks it, by asking for it. It fails with ErrGone only if the
// list succeeded without the token and the API said NOT_FOUND for its id.
func (s *Service) Lookup(ctx context.Context, id string) (api.ServiceUserToken, error) {
	base, err := s.listing(ctx)
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	t, deleted, ok := s.inventory.known(id)
	if !ok && !base.whole && s.inventory.miss(id) >= enoughMisses {
		if err := s.listAll(ctx); err != nil {
			return api.ServiceUserToken{}, err
		}
		t, deleted, ok = s.inventory.known(id)
	}
	switch {
	case deleted:
		return api.ServiceUserToken{}, ErrGone
	case ok:
		return t, nil
	}
	return s.fetchUnlisted(ctx, id)
}

// fetchUnlisted returns a token that the run's list lacks. The list of the active tokens lacks every inactive one, so it is no
// second witness that a token is gone: only that of all tokens is.
func (s *Service) fetchUnlisted(ctx context.Context, id string) (api.ServiceUserToken, error) {
	t, gone := s.Fetch(ctx, id)
	if base, _ := s.inventory.listed(); base.whole || !errors.Is(gone, ErrGone) {
		return t, gone
	}
	if err := s.listAll(ctx); err != nil {
		return api.ServiceUserToken{}, err
	}
	if t, deleted, ok := s.inventory.known(id); ok && !deleted {
		return t, nil
	}
	return api.ServiceUserToken{}, gone
}

// LookupHeld is Lookup for a token that state holds. It fails with a WrongOrganizationError if the credential belongs to
// another organization. The caller and the list are requested at the same time: neither waits for the other.
//
// A service can lag behind its own writes. So a token that was made minutes ago is gone only after the run's patience, and
// a token that looks inactive with an older secret than that in state is asked for by itself, also if no patience is left.
// An interrupt ends the wait with an error: what was not waited for is not known.
func (s *Service) LookupHeld(ctx context.Context, held Held) (api.ServiceUserToken, error) {
	s.startListing(ctx)
	wrong := s.CheckOrganization(ctx, held.OrganizationID)
	_, unlisted := s.listing(ctx) // wait even if the check failed, so that no request outlives the look-up
	if err := cmp.Or(wrong, unlisted); err != nil {
		return api.ServiceUserToken{}, err
	}
	found, err := s.Lookup(ctx, held.ID)
	for listed := err == nil; s.lags(held, found, err); listed = false {
		if !listed && !s.patience.pause(ctx) {
			return found, cmp.Or(interrupted(ctx), err)
		}
		found, err = s.Fetch(ctx, held.ID)
	}
	return found, err
}

// lags reports whether what was read may be older than what state holds.
func (s *Service) lags(held Held, found api.ServiceUserToken, err error) bool {
	if errors.Is(err, ErrGone) {
		_, deleted, _ := s.inventory.recent(held.ID)
		return !deleted && s.isYoung(held.CreatedAt)
	}
	return err == nil && held.HasSecret && !found.Active() && after(held.IssuedAt, found.IssuedAt)
}

// Fetch asks the API for one token, whatever the run knows of it. It fails with ErrGone when the API says NOT_FOUND.
func (s *Service) Fetch(ctx context.Context, id string) (api.ServiceUserToken, error) {
	t, err := s.client.GetServiceUserToken(ctx, id)
	if api.IsNotFound(err) {
		return api.ServiceUserToken{}, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	s.inventory.put(t.ID, &t, t.Active())
	return t, nil
}

// Known returns what this run knows of a token without asking the API.
func (s *Service) Known(id string) (api.ServiceUserToken, bool) {
	t, deleted, ok := s.inventory.known(id)
	return t, ok && !deleted
}

// AmbiguousNameError is a name that several tokens have.
type AmbiguousNameError struct {
	Name   string
	Tokens []api.ServiceUserToken
}

func (e *AmbiguousNameError) Error() string {
	return fmt.Sprintf("%d tokens are named %q", len(e.Tokens), e.Name)
}

// ByName finds the one active token of exactly that name or, if none is active, the one inactive. It fails with ErrGone or
// an AmbiguousNameError. All tokens are listed only if no active one has the name.
func (s *Service) ByName(ctx context.Context, name string) (api.ServiceUserToken, error) {
	base, err := s.listing(ctx)
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	active, inactive := s.inventory.named(name)
	if len(active) == 0 && !base.whole {
		if err := s.listAll(ctx); err != nil {
			return api.ServiceUserToken{}, err
		}
		active, inactive = s.inventory.named(name)
	}
	found := active
	if len(active) == 0 {
		found = inactive
	}
	switch len(found) {
	case 0:
		return api.ServiceUserToken{}, ErrGone
	case 1:
		return found[0], nil
	default:
		return api.ServiceUserToken{}, &AmbiguousNameError{Name: name, Tokens: found}
	}
}

// named returns the tokens of exactly that name.
func (i *inventory) named(name string) (active, inactive []api.ServiceUserToken) {
	for _, t := range i.merge().Tokens {
		switch {
		case !SameName(t.Name, name):
		case t.Active():
			active = append(active, t)
		default:
			inactive = append(inactive, t)
		}
	}
	return active, inactive
}

// sortByName is the order of all lists: by name, then id.
func sortByName[T any](list []T, of func(T) (name, id string)) {
	slices.SortFunc(list, func(a, b T) int {
		aName, aID := of(a)
		bName, bID := of(b)
		return cmp.Or(strings.Compare(aName, bName), strings.Compare(aID, bID))
	})
}
