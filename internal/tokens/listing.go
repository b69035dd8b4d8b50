package tokens

import (
	"context"
	"errors"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// listing is one list, indexed. The zero value is that of a run that has not listed yet.
type listing struct {
	byID                     map[string]api.ServiceUserToken // by api.IDKey
	activeCount, activeLimit int64
	// whole: it holds all tokens. Otherwise it holds the active ones, and a token that it lacks may be inactive.
	whole bool
	// agrees: activeCount is the number of active tokens in the list. An API that counts places, and not items, can leave out
	// a token of a list that changes while it is read, and then it is not.
	agrees bool
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

// listing returns the list that the run works with. The first one to ask gets that of the active tokens: an organization has
// few of them, and any number of inactive ones. If all tokens were asked for before, one list is enough.
func (s *Service) listing(ctx context.Context) (listing, error) {
	if base, ok := s.inventory.listed(); ok {
		return base, nil
	}
	list, fetch := s.firstList()
	base, err := list.get(ctx, fetch)
	return base, listFailed(ctx, err)
}

// startListing begins to read the list that listing returns.
func (s *Service) startListing(ctx context.Context) {
	if _, ok := s.inventory.listed(); !ok {
		list, fetch := s.firstList()
		list.start(ctx, fetch)
	}
}

func (s *Service) firstList() (*shared[listing], func(context.Context) (listing, error)) {
	if s.inventory.whole.started() && !s.inventory.active.started() {
		return &s.inventory.whole, s.fetchWhole
	}
	return &s.inventory.active, s.fetchActive
}

// listAll makes the run work with the list of all tokens. It takes the place of the list of the active ones: a token that was
// regenerated between two lists can be missing in both, so parts of both make no whole.
func (s *Service) listAll(ctx context.Context) error {
	_, err := s.inventory.whole.get(ctx, s.fetchWhole)
	return listFailed(ctx, err)
}

func (s *Service) fetchActive(ctx context.Context) (listing, error) {
	list, reliable, err := s.listActive(ctx)
	switch {
	case err != nil:
		return listing{}, err
	case !reliable:
		return s.inventory.whole.get(ctx, s.fetchWhole)
	}
	return s.inventory.take(newListing(list)), nil
}

// listActive lists the active tokens. The list is not reliable, and all tokens have to be listed, if the server refuses the
// filter or ignores it, if it does not count the active tokens, or if it counts another number than it lists. Only a refusal
// of what the request asks for is one of the filter: any other error is one of the list.
func (s *Service) listActive(ctx context.Context) (list api.ServiceUserTokenList, reliable bool, err error) {
	list, err = s.client.ListActiveServiceUserTokens(ctx)
	if errors.Is(err, api.ErrNotFiltered) || api.IsInvalidRequest(err) {
		return list, false, nil
	}
	return list, list.Counted && list.ActiveCount == int64(len(list.Tokens)), err
}

func (s *Service) fetchWhole(ctx context.Context) (listing, error) {
	list, err := s.client.ListServiceUserTokens(ctx)
	if err != nil {
		return listing{}, err
	}
	all := newListing(list)
	all.whole = true
	return s.inventory.take(all), nil
}

// ListFailedError is a list that failed earlier in this run, for all who ask after the first.
type ListFailedError struct{ Err error }

func (e *ListFailedError) Error() string { return "listing the tokens failed: " + e.Err.Error() }

// Unwrap returns why the list failed.
func (e *ListFailedError) Unwrap() error { return e.Err }

// listFailed is the error of a list. If the context has ended, the list itself did not fail.
func listFailed(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return &ListFailedError{err}
}
