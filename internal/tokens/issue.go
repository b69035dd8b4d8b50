package tokens

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// Issued is a token together with its secret, which the API answers once.
type Issued struct {
	Token  api.ServiceUserToken
	Secret secret.String
}

// Issue makes a token. Store the secret before anything else is done.
//
// It fails with a QuotaError when the organization has no free slot, with a LostCreateError when the answer was lost, and
// with the API's error otherwise. It looks at the list before it creates, so that a lost answer can be told from a token
// that was there before.
func (s *Service) Issue(ctx context.Context, in api.NewServiceUserToken) (Issued, error) {
	defer s.creating.lock(in.Name)()
	caller, err := s.Caller(ctx)
	if err != nil {
		return Issued{}, err
	}
	if _, err := s.listing(ctx); err != nil {
		return Issued{}, err
	}
	began := s.now()
	token, secret, err := s.client.CreateServiceUserToken(ctx, in)
	switch {
	case err == nil:
		s.inventory.note(token, 1)
		return Issued{token, secret}, nil
	case api.HasReason(err, api.ReasonActiveTokenLimit):
		return Issued{}, s.quotaError(ctx, err)
	case api.MayHaveActed(err):
		return Issued{}, s.recoverCreate(ctx, in.Name, caller, began, err)
	default:
		return Issued{}, err
	}
}

// LostCreateError is a create whose answer was lost, and what became of it.
type LostCreateError struct {
	// Err is what happened to the answer.
	Err error
	// Removed is the token that it had made and that was revoked and deleted again; nil when there was none.
	Removed *api.ServiceUserToken
	// Left is the token that it had made and that could not be removed; nobody has its secret.
	Left *api.ServiceUserToken
	// Candidates are the tokens that it may have made, when it cannot be told. None was touched.
	Candidates []api.ServiceUserToken
	// LookupErr is why it could not be found out whether a token was made; nil when it could.
	LookupErr error
	// CleanupErr is why Left could not be removed.
	CleanupErr error
}

func (e *LostCreateError) Error() string { return "the answer to a create was lost: " + e.Err.Error() }

// Unwrap returns what happened to the answer.
func (e *LostCreateError) Unwrap() error { return e.Err }

// recoverCreate looks for the token that a lost create may have made, in a fresh list. If there is exactly one that can be
// it, and it was made while the create was under way, its secret is known to nobody: it is revoked and deleted at once.
func (s *Service) recoverCreate(ctx context.Context, name string, caller api.Caller, began time.Time, lost error) error {
	ctx = context.WithoutCancel(ctx) // a token that nobody knows of is worth the wait
	result := &LostCreateError{Err: lost}
	fresh, err := s.client.ListServiceUserTokens(ctx)
	if err != nil {
		result.LookupErr = err
		return result
	}
	orphans := s.orphans(fresh.Tokens, name, caller)
	if len(orphans) != 1 || !madeBetween(orphans[0], began, s.now()) {
		result.Candidates = orphans
		return result
	}
	orphan := orphans[0]
	s.inventory.note(orphan, 1)
	if result.CleanupErr = s.Retire(ctx, orphan.ID, false); result.CleanupErr == nil {
		result.Removed = &orphan
	} else {
		result.Left = &orphan
	}
	return result
}

// orphans are the tokens that a lost create can have made: of its name, made by this credential's user, active, never
// used, and not seen by this run. Tokens that other creates of this run made were seen, because creates of one name come
// one after the other.
func (s *Service) orphans(fresh []api.ServiceUserToken, name string, caller api.Caller) []api.ServiceUserToken {
	var orphans []api.ServiceUserToken
	for _, t := range fresh {
		if t.Name == name && t.CreatedBy.UserID == caller.UserID && t.Active() && t.LastUsedAt == nil && !s.seen(t.ID) {
			orphans = append(orphans, t)
		}
	}
	return orphans
}

// clockSkew is how far this machine's clock and the service's may be apart.
const clockSkew = 2 * time.Minute

// madeBetween tells a token that a create has just made from one that another run with the same credential made earlier,
// since this run has listed: a run can last for minutes. Two runs that create one name with one credential within clockSkew
// of each other cannot be told apart. Where the clocks differ by more, nothing is told from them.
func madeBetween(t api.ServiceUserToken, began, ended time.Time) bool {
	return t.CreatedAt.After(began.Add(-clockSkew)) && t.CreatedAt.Before(ended.Add(clockSkew))
}

// LostRegenerateError is a regenerate whose answer was lost. The token is not usable by anyone until it is regenerated
// again, unless CleanupErr is set: then it may be active with a secret that nobody has.
type LostRegenerateError struct {
	Err        error
	CleanupErr error
}

func (e *LostRegenerateError) Error() string {
	return "the answer to a regenerate was lost: " + e.Err.Error()
}

// Unwrap returns what happened to the answer.
func (e *LostRegenerateError) Unwrap() error { return e.Err }

// Regenerate gives an inactive token a new secret. Store it before anything else is done. It fails with a
// LostRegenerateError when the answer was lost.
func (s *Service) Regenerate(ctx context.Context, id string) (Issued, error) {
	token, secret, err := s.client.RegenerateServiceUserToken(ctx, id)
	switch {
	case err == nil:
		s.inventory.note(token, 1)
		return Issued{token, secret}, nil
	case api.HasReason(err, api.ReasonActiveTokenLimit):
		return Issued{}, s.quotaError(ctx, err)
	case api.MayHaveActed(err):
		// If it was acted on, the token lives with a secret that nobody has. Revoked, it is what state says it is.
		return Issued{}, &LostRegenerateError{Err: err, CleanupErr: s.Revoke(context.WithoutCancel(ctx), id)}
	default:
		return Issued{}, err
	}
}

// Edit changes an active token in the fields that are set; at least one has to be.
func (s *Service) Edit(ctx context.Context, id string, edit api.Edit) (api.ServiceUserToken, error) {
	token, err := s.client.UpdateServiceUserToken(ctx, id, edit)
	if err == nil {
		s.inventory.note(token, 0)
	}
	return token, err
}

// Revoke revokes a token. One that is not active, or not there, is fine: nothing accepts its secret. After a lost answer
// it looks whether the token was revoked.
func (s *Service) Revoke(ctx context.Context, id string) error {
	token, err := s.client.RevokeServiceUserToken(ctx, id)
	if err != nil && api.MayHaveActed(err) {
		var lookupErr error
		token, lookupErr = s.client.GetServiceUserToken(ctx, id)
		if api.IsNotFound(lookupErr) || (lookupErr == nil && !token.Active()) {
			err = lookupErr
		}
	}
	switch {
	case err == nil:
		s.inventory.note(token, -1)
		return nil
	case api.IsNotFound(err):
		s.inventory.put(id, nil, 0)
		return nil
	case api.HasReason(err, api.ReasonTokenNotActive):
		if known, ok := s.Known(id); ok && known.Active() {
			_, _ = s.Fetch(ctx, id) // only to know better: that it is not active is enough here
		}
		return nil
	}
	return err
}

// Retire ends a token: revokes it and, unless the record is kept, deletes it. Steps that were done before are fine, so a
// Retire that failed can be repeated.
func (s *Service) Retire(ctx context.Context, id string, keepRecord bool) error {
	if err := s.Revoke(ctx, id); err != nil {
		return err
	}
	if keepRecord {
		return nil
	}
	if err := s.client.DeleteServiceUserToken(ctx, id); err != nil && !api.IsNotFound(err) && !s.wasDeleted(ctx, id, err) {
		return err
	}
	s.inventory.writes.Add(1)
	s.inventory.put(id, nil, 0)
	return nil
}

// wasDeleted looks, after a lost answer to a delete, whether it was done.
func (s *Service) wasDeleted(ctx context.Context, id string, lost error) bool {
	if !api.MayHaveActed(lost) {
		return false
	}
	_, err := s.client.GetServiceUserToken(ctx, id)
	return api.IsNotFound(err)
}

// AgeInDays is how many whole days have passed since an instant.
func AgeInDays(since, now time.Time) int { return int(now.Sub(since).Hours() / 24) }

// ErrInactive is a token that cannot be imported because its first plan would make a new secret.
var ErrInactive = errors.New("the token is not active")

// Adoptable returns the token to import for an id, or an exact name. It fails with ErrGone, an AmbiguousNameError, or
// ErrInactive.
func (s *Service) Adoptable(ctx context.Context, id, name string) (api.ServiceUserToken, error) {
	token, err := s.Find(ctx, id, name)
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	if !token.Active() {
		return token, fmt.Errorf("%w: it is %s", ErrInactive, StatusOf(token))
	}
	return token, nil
}

// Find returns the token with an id or, where that is empty, of an exact name: the one active token of that name or, where
// none is active, the one inactive. It fails with ErrGone or an AmbiguousNameError.
func (s *Service) Find(ctx context.Context, id, name string) (api.ServiceUserToken, error) {
	if id != "" {
		return s.Lookup(ctx, id)
	}
	return s.ByName(ctx, name)
}
