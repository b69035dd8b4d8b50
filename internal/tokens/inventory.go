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
// or read.
type inventory struct {
	listed shared[listing]
	writes atomic.Int64 // how often this run has changed a token

	mu      sync.Mutex
	base    listing
	changes map[string]change // by api.IDKey
	merged  *List             // the list with the changes; nil until it is asked for again
}

// listing is one list, indexed. The zero value is that of a run that has not listed yet.
type listing struct {
	byID                     map[string]api.ServiceUserToken // by api.IDKey
	activeCount, activeLimit int64
	// agrees: activeCount is the number of active tokens in the list. An API that counts places, and not items, can leave out
	// a token of a list that changes while it is read, and then it is not.
	agrees bool
}

// change is what a run has written or read of one token.
type change struct {
	// before says whether the token was active when the organization's number of active tokens was read.
	before bool
	after  *api.ServiceUserToken // nil: deleted
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
	if _, err := s.listing(ctx); err != nil {
		return List{}, err
	}
	return s.inventory.merge(), nil
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
	base := newListing(list)
	s.inventory.take(base)
	return base, nil
}

func newListing(list api.ServiceUserTokenList) listing {
	base := listing{
		byID:        make(map[string]api.ServiceUserToken, len(list.Tokens)),
		activeCount: list.ActiveCount, activeLimit: list.ActiveLimit,
	}
	var active int64
	for _, t := range list.Tokens {
		base.byID[api.IDKey(t.ID)] = t
		active += countOf(t.Active())
	}
	base.agrees = active == base.activeCount
	return base
}

// take makes a list that was just read the base of what the run knows. Its count comes with its last page, so it counts
// what the run has changed before.
func (i *inventory) take(base listing) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id, c := range i.changes {
		c.before = isActive(c.after)
		i.changes[id] = c
	}
	i.base, i.merged = base, nil
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
	s.inventory.put(t.ID, &t, t.Active())
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

// note keeps what the API returned for a call that changed a token. wasActive is as in put.
func (i *inventory) note(t api.ServiceUserToken, wasActive bool) {
	i.writes.Add(1)
	i.put(t.ID, &t, wasActive)
}

// put keeps what has become of a token; nil is deleted. wasActive says whether it was active before, by what the call tells:
// it counts for a token that the run does not know.
func (i *inventory) put(id string, after *api.ServiceUserToken, wasActive bool) {
	id = api.IDKey(id)
	i.mu.Lock()
	defer i.mu.Unlock()
	c, known := i.changes[id]
	if listed, ok := i.base.byID[id]; !known && ok {
		c.before = listed.Active()
	} else if !known {
		c.before = wasActive
	}
	c.after = after
	if i.changes == nil {
		i.changes = map[string]change{}
	}
	i.changes[id], i.merged = c, nil
}

// activeCount is the organization's number of active tokens: what the list said, and by how much the run's changes have
// moved it. A list that agrees with its number shows of each token whether it was counted, also of one that was changed
// while the list was read. Of any other list the number is right and the tokens may not be: it counts what the run knew
// when the number came. The caller holds the lock.
func (i *inventory) activeCount() int64 {
	count := i.base.activeCount
	for id, c := range i.changes {
		counted := c.before
		if i.base.agrees {
			counted = i.base.byID[id].Active()
		}
		count += countOf(isActive(c.after)) - countOf(counted)
	}
	return count
}

func isActive(t *api.ServiceUserToken) bool { return t != nil && t.Active() }

func countOf(active bool) int64 {
	if active {
		return 1
	}
	return 0
}

// recent returns what the run itself has written or read.
func (i *inventory) recent(id string) (t api.ServiceUserToken, deleted, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	c, ok := i.changes[api.IDKey(id)]
	if c.after != nil {
		t = *c.after
	}
	return t, ok && c.after == nil, ok
}

// seen reports whether a token is in a listing, or this run has read or written it, one that it deleted since included.
func (s *Service) seen(id string, before listing) bool {
	_, _, recent := s.inventory.recent(id)
	_, listed := before.byID[api.IDKey(id)]
	return recent || listed
}

// merge lays the run's changes over the list.
func (i *inventory) merge() List {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.merged != nil {
		return *i.merged
	}
	list := List{ActiveCount: i.activeCount(), ActiveLimit: i.base.activeLimit}
	merged := maps.Clone(i.base.byID)
	for id, c := range i.changes {
		delete(merged, id)
		if c.after != nil {
			merged[id] = *c.after
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
