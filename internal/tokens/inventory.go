package tokens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// inventory is what a run knows of the organization's tokens: one list, and on top of it what the run itself has written
// or read since.
type inventory struct {
	listed shared[listing]
	writes atomic.Int64 // how often this run has changed a token

	mu     sync.Mutex
	newer  map[string]*api.ServiceUserToken // by api.IDKey; nil: deleted
	moved  int64                            // by how much the organization's number of active tokens has moved since the list
	merged *List                            // the list with what is newer; nil until it is asked for again
}

// listing is one list, indexed.
type listing struct {
	byID                     map[string]api.ServiceUserToken // by api.IDKey
	activeCount, activeLimit int64
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

// ListFailedError is a list that failed earlier in this run, for all who ask after the first.
type ListFailedError struct{ Err error }

func (e *ListFailedError) Error() string { return "listing the tokens failed: " + e.Err.Error() }

// Unwrap returns why the list failed.
func (e *ListFailedError) Unwrap() error { return e.Err }

// List returns all tokens. The API is asked once in a run.
func (s *Service) List(ctx context.Context) (List, error) {
	base, err := s.listing(ctx)
	if err != nil {
		return List{}, err
	}
	return s.inventory.merge(base), nil
}

func (s *Service) listing(ctx context.Context) (listing, error) {
	base, err := s.inventory.listed.get(ctx, s.fetchListing)
	if err != nil && ctx.Err() == nil {
		return listing{}, &ListFailedError{err}
	}
	return base, err
}

func (s *Service) fetchListing(ctx context.Context) (listing, error) {
	list, err := s.client.ListServiceUserTokens(ctx)
	if err != nil {
		return listing{}, err
	}
	base := listing{
		byID:        make(map[string]api.ServiceUserToken, len(list.Tokens)),
		activeCount: list.ActiveCount, activeLimit: list.ActiveLimit,
	}
	for _, t := range list.Tokens {
		base.byID[api.IDKey(t.ID)] = t
	}
	return base, nil
}

// Lookup returns one token: from the run's list, or, where the list lacks it, by asking for it. It fails with ErrGone
// only when the list succeeded without the token and the API said NOT_FOUND for its id.
func (s *Service) Lookup(ctx context.Context, id string) (api.ServiceUserToken, error) {
	base, err := s.listing(ctx)
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	if t, deleted, ok := s.inventory.recent(id); ok {
		if deleted {
			return api.ServiceUserToken{}, ErrGone
		}
		return t, nil
	}
	if t, ok := base.byID[api.IDKey(id)]; ok {
		return t, nil
	}
	return s.Fetch(ctx, id)
}

// LookupHeld is Lookup for a token that state holds. It fails with a WrongOrganizationError if the credential belongs to
// another organization. The caller and the list are requested at the same time: neither waits for the other.
//
// A service can lag behind its own writes. So a token that was made minutes ago is gone only after the run's patience, and
// a token that looks inactive with an older secret than that in state is asked for by itself, also if no patience is left.
// An interrupt ends the wait with an error: what was not waited for is not known.
func (s *Service) LookupHeld(ctx context.Context, held Held) (api.ServiceUserToken, error) {
	s.inventory.listed.start(ctx, s.fetchListing)
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
	s.inventory.put(t.ID, &t, 0)
	return t, nil
}

// Known returns what this run knows of a token without asking the API.
func (s *Service) Known(id string) (api.ServiceUserToken, bool) {
	if t, deleted, ok := s.inventory.recent(id); ok {
		return t, !deleted
	}
	base, _ := s.inventory.listed.peek()
	t, ok := base.byID[api.IDKey(id)]
	return t, ok
}

// AmbiguousNameError is a name that several tokens have.
type AmbiguousNameError struct {
	Name   string
	Tokens []api.ServiceUserToken
}

func (e *AmbiguousNameError) Error() string {
	return fmt.Sprintf("%d tokens are named %q", len(e.Tokens), e.Name)
}

// ByName finds the one active token of exactly that name or, where none is active, the one inactive. It fails with
// ErrGone or an AmbiguousNameError.
func (s *Service) ByName(ctx context.Context, name string) (api.ServiceUserToken, error) {
	list, err := s.List(ctx)
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	var active, inactive []api.ServiceUserToken
	for _, t := range list.Tokens {
		switch {
		case !SameName(t.Name, name):
		case t.Active():
			active = append(active, t)
		default:
			inactive = append(inactive, t)
		}
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

// note keeps what the API returned for a call that changed a token. moved is as in put.
func (i *inventory) note(t api.ServiceUserToken, moved int64) {
	i.writes.Add(1)
	i.put(t.ID, &t, moved)
}

// put keeps what is newer than the list. The number of active tokens moves by what became of a token that the run knew, and
// by moved for one that it did not know: the organization's number may count that one already, though the list lacks it.
//
// A list that is still under way counts what was changed before it ends, because the number comes with its last page. For a
// change that overlaps its end, that is a guess.
func (i *inventory) put(id string, t *api.ServiceUserToken, moved int64) {
	id = api.IDKey(id)
	i.mu.Lock()
	defer i.mu.Unlock()
	if base, listed := i.listed.peek(); listed {
		before, known := base.byID[id]
		if newer, ok := i.newer[id]; ok {
			before, known = deref(newer), true
		}
		if known {
			moved = activeOf(deref(t)) - activeOf(before)
		}
		i.moved += moved
	}
	if i.newer == nil {
		i.newer = map[string]*api.ServiceUserToken{}
	}
	i.newer[id], i.merged = t, nil
}

// deref is the token, or one that is not active where it was deleted.
func deref(t *api.ServiceUserToken) api.ServiceUserToken {
	if t == nil {
		return api.ServiceUserToken{}
	}
	return *t
}

func activeOf(t api.ServiceUserToken) int64 {
	if t.Active() {
		return 1
	}
	return 0
}

// recent returns what the run itself has written or read since the list.
func (i *inventory) recent(id string) (t api.ServiceUserToken, deleted, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	newer, ok := i.newer[api.IDKey(id)]
	return deref(newer), ok && newer == nil, ok
}

// seen reports whether a token is in a listing, or this run has read or written it, one that it deleted since included.
func (s *Service) seen(id string, before listing) bool {
	_, _, recent := s.inventory.recent(id)
	_, listed := before.byID[api.IDKey(id)]
	return recent || listed
}

// merge lays what is newer over the list.
func (i *inventory) merge(base listing) List {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.merged != nil {
		return *i.merged
	}
	list := List{ActiveCount: base.activeCount + i.moved, ActiveLimit: base.activeLimit}
	merged := maps.Clone(base.byID)
	for id, newer := range i.newer {
		delete(merged, id)
		if newer != nil {
			merged[id] = *newer
		}
	}
	list.Tokens = slices.Collect(maps.Values(merged))
	sortByName(list.Tokens, func(t api.ServiceUserToken) (name, id string) { return t.Name, t.ID })
	i.merged = &list
	return list
}

// sortByName is the order of all lists: by name, then id.
func sortByName[T any](list []T, of func(T) (name, id string)) {
	slices.SortFunc(list, func(a, b T) int {
		aName, aID := of(a)
		bName, bID := of(b)
		return cmp.Or(strings.Compare(aName, bName), strings.Compare(aID, bID))
	})
}
