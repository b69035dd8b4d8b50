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

// inventory is what a run knows of the organization's tokens: a list, and what the run has written or read of single tokens
// since. Each of the two lists is read at most once.
type inventory struct {
	active shared[listing] // the active tokens
	whole  shared[listing] // all tokens
	writes atomic.Int64    // how often this run has changed a token

	mu      sync.Mutex
	base    *listing          // the list that the run works with; nil until one is read
	missed  map[string]bool   // tokens that were not in base, by api.IDKey
	changes map[string]change // by api.IDKey
	merged  *List             // base with the changes; nil if it must be computed again
}

// List is all tokens of the organization as a run knows them.
type List struct {
	// Tokens are sorted by name, then id. All callers get the same slice: do not change it.
	Tokens []api.ServiceUserToken
	// ActiveCount and ActiveLimit are the organization's. A limit of 0 is unknown.
	ActiveCount, ActiveLimit int64
}

// ErrGone is returned for a token that does not exist: it is not in the list, and a request for its id fails with NOT_FOUND.
var ErrGone = errors.New("the token does not exist")

// List returns all tokens. A run lists them once.
func (s *Service) List(ctx context.Context) (List, error) {
	if err := s.listAll(ctx); err != nil {
		return List{}, err
	}
	return s.inventory.merge(), nil
}

// enoughMisses is how many tokens must be missing from the list of active tokens before the run lists all tokens. From then
// on, one list is cheaper than a request for each token.
const enoughMisses = 3

// Lookup returns one token: from the run's list or, if the token is not in it, with a request for the token. It fails with
// ErrGone only if the token is not in the list and the API says NOT_FOUND for its id.
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

// LookupManaged is Lookup for a token in prior state. It fails with a WrongOrganizationError if the credential belongs to
// another organization. It requests the caller and the list at the same time.
//
// A service can lag behind its own writes. So a token that was created minutes ago counts as gone only when the run's
// patience is used up. A token that looks inactive, with an older secret than that in state, is requested by its id, even if
// no patience is left. If the user interrupts the wait, it fails: the run does not know whether the token is gone.
func (s *Service) LookupManaged(ctx context.Context, prior Prior) (api.ServiceUserToken, error) {
	s.startListing(ctx)
	wrong := s.CheckOrganization(ctx, prior.OrganizationID)
	_, unlisted := s.listing(ctx) // wait even if the check failed, so that no request outlives the look-up
	if err := cmp.Or(wrong, unlisted); err != nil {
		return api.ServiceUserToken{}, err
	}
	found, err := s.Lookup(ctx, prior.ID)
	for listed := err == nil; s.lags(prior, found, err); listed = false {
		if !listed && !s.patience.pause(ctx) {
			return found, cmp.Or(interrupted(ctx), err)
		}
		found, err = s.Fetch(ctx, prior.ID)
	}
	return found, err
}

// lags reports whether the response may be older than prior state.
func (s *Service) lags(prior Prior, found api.ServiceUserToken, err error) bool {
	if errors.Is(err, ErrGone) {
		_, deleted, _ := s.inventory.recent(prior.ID)
		return !deleted && s.isYoung(prior.CreatedAt)
	}
	return err == nil && prior.HasSecret && !found.Active() && after(prior.IssuedAt, found.IssuedAt)
}

// Fetch requests one token, whatever the run knows of it. It fails with ErrGone if the API says NOT_FOUND.
func (s *Service) Fetch(ctx context.Context, id string) (api.ServiceUserToken, error) {
	t, err := s.client.GetServiceUserToken(ctx, id)
	if api.IsNotFound(err) {
		return api.ServiceUserToken{}, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	s.inventory.put(t.ID, &t, formerly(t.Active()))
	return t, nil
}

// Known returns what this run knows of a token. It sends nothing.
func (s *Service) Known(id string) (api.ServiceUserToken, bool) {
	t, deleted, ok := s.inventory.known(id)
	return t, ok && !deleted
}

// AmbiguousNameError is returned for a name that several tokens have.
type AmbiguousNameError struct {
	Name   string
	Tokens []api.ServiceUserToken
}

func (e *AmbiguousNameError) Error() string {
	return fmt.Sprintf("%d tokens are named %q", len(e.Tokens), e.Name)
}

// ByName returns the only active token with exactly this name. If none is active, it returns the only inactive one. It fails
// with ErrGone or an AmbiguousNameError. It lists all tokens only if no active token has the name.
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

// named returns the tokens with exactly this name.
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

// sortByName sorts by name, then id, as all lists are sorted.
func sortByName[T any](list []T, of func(T) (name, id string)) {
	slices.SortFunc(list, func(a, b T) int {
		aName, aID := of(a)
		bName, bID := of(b)
		return cmp.Or(strings.Compare(aName, bName), strings.Compare(aID, bID))
	})
}
