package tokens

import (
	"context"
	"errors"
	"fmt"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// ErrNoPermissionSet is returned for a permission set that does not exist.
var ErrNoPermissionSet = errors.New("the permission set does not exist")

// AmbiguousPermissionSetError is returned for a name that several permission sets have.
type AmbiguousPermissionSetError struct {
	Name string
	Sets []api.PermissionSet
}

func (e *AmbiguousPermissionSetError) Error() string {
	return fmt.Sprintf("%d permission sets are named %q", len(e.Sets), e.Name)
}

// PermissionSetsError is returned if the list of all permission sets failed. A run does not retry it, so all callers get it.
type PermissionSetsError struct{ Err error }

func (e *PermissionSetsError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *PermissionSetsError) Unwrap() error { return e.Err }

// PermissionSets returns the permission sets that the API finds for a search, sorted by name, then id. An empty search finds
// all of them: a run lists those once, and fails with a PermissionSetsError if it cannot.
func (s *Service) PermissionSets(ctx context.Context, search string) ([]api.PermissionSet, error) {
	if search != "" {
		return s.sortedPermissionSets(ctx, search)
	}
	all, err := s.permissionSets.get(ctx, func(ctx context.Context) ([]api.PermissionSet, error) { return s.sortedPermissionSets(ctx, "") })
	if err != nil && ctx.Err() == nil {
		return nil, &PermissionSetsError{err}
	}
	return all, err
}

func (s *Service) sortedPermissionSets(ctx context.Context, search string) ([]api.PermissionSet, error) {
	sets, err := s.client.ListPermissionSets(ctx, search)
	sortByName(sets, func(set api.PermissionSet) (name, id string) { return set.Name, set.ID })
	return sets, err
}

// PermissionSet returns the permission set with this id. If the id is empty, it returns the only one with exactly this name.
// It finds the name in the list of all permission sets, because nobody documents how the API searches. It fails with
// ErrNoPermissionSet or an AmbiguousPermissionSetError.
func (s *Service) PermissionSet(ctx context.Context, id, name string) (api.PermissionSet, error) {
	if id != "" {
		set, err := s.client.GetPermissionSet(ctx, id)
		if api.IsNotFound(err) {
			return api.PermissionSet{}, fmt.Errorf("%w: %w", ErrNoPermissionSet, err)
		}
		return set, err
	}
	all, err := s.PermissionSets(ctx, "")
	if err != nil {
		return api.PermissionSet{}, err
	}
	var found []api.PermissionSet
	for _, set := range all {
		if SameName(set.Name, name) {
			found = append(found, set)
		}
	}
	switch len(found) {
	case 0:
		return api.PermissionSet{}, ErrNoPermissionSet
	case 1:
		return found[0], nil
	default:
		return api.PermissionSet{}, &AmbiguousPermissionSetError{Name: name, Sets: found}
	}
}
