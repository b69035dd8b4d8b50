package tokens

import (
	"context"
	"errors"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// listing is one list, indexed. The zero value is the listing of a run that has not listed yet.
type listing struct {
	byID                     map[string]api.ServiceUserToken // by api.IDKey
	activeCount, activeLimit int64
	// whole says that it holds all tokens. Otherwise it holds the active ones, and a token that is not in it may be inactive.
	whole bool
	// agrees says that activeCount is the number of active tokens in the list. It can differ if tokens change while the list is
	// read: an API that pages by position can then leave out a token.
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

// listing returns the list that the run works with. If there is none yet, it reads the active tokens: an organization has few
// of them, and any number of inactive ones. If a list of all tokens is in flight already, it waits for that one.
func (s *Service) listing(ctx context.Context) (listing, error) {
	if base, ok := s.inventory.listed(); ok {
		return base, nil
	}
	list, fetch := s.firstList()
	base, err := list.get(ctx, fetch)
	return base, listFailed(ctx, err)
}

// startListing starts reading the list that listing returns.
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

// listAll reads all tokens. From then on the run works with this list instead of the list of active tokens. The two cannot be
// combined: a token that was regenerated between them can be missing from both.
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

// listActive lists the active tokens. The list is not reliable, and all tokens must be listed instead, if the server refuses or
// ignores the filter, does not say how many tokens are active, or says another number than it lists. Status 400 or 422 means
// that it refuses the filter; any other error means that the list failed.
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

// ListFailedError is returned if a list failed. A run does not retry a failed list, so all callers get the same error.
type ListFailedError struct{ Err error }

func (e *ListFailedError) Error() string { return "listing the tokens failed: " + e.Err.Error() }

// Unwrap returns the reason.
func (e *ListFailedError) Unwrap() error { return e.Err }

// listFailed wraps the error of a list. If the context has ended, the list itself did not fail, and the error stays as it is.
func listFailed(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return &ListFailedError{err}
}
