package tokens

import (
	"context"
	"errors"
	"fmt"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// ErrNoPermissionSet is a permission set that is not there.
var ErrNoPermissionSet = errors.New("the permission set does not exist")

// AmbiguousPermissionSetError is a name that several permission sets have.
type AmbiguousPermissionSetError struct {
	Name string
	Sets []api.PermissionSet
}

func (e *AmbiguousPermissionSetError) Error() string {
	return fmt.Sprintf("%d permission sets are named %q", len(e.Sets), e.Name)
}

// PermissionSetsError is a list of all permission sets that failed, for all who ask for it in a run.
type PermissionSetsError struct{ Err error }

func (e *PermissionSetsError) Error() string { return e.Err.Error() }

// Unwrap returns why the list failed.
func (e *PermissionSetsError) Unwrap() error { return e.Err }

// PermissionSets returns the permission sets that the API finds for a search; an empty search finds all. They are sorted
// by name, then id. All of them are asked for once in a run; that fails with a PermissionSetsError.
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

// PermissionSet finds a permission set by id or, where that is empty, the only one of exactly that name. How the API
// searches is not documented, so the name is looked for in the whole list. It fails with ErrNoPermissionSet or an
// AmbiguousPermissionSetError.
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
