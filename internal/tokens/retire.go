package tokens

import (
	"context"
	"slices"
	"sync"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// revocations are the ids of the tokens that this run has revoked.
type revocations struct{ ids sync.Map }

func (r *revocations) add(id string) { r.ids.Store(api.IDKey(id), true) }

func (r *revocations) has(id string) bool {
	_, ok := r.ids.Load(api.IDKey(id))
	return ok
}

// isRevokedHere reports whether this run has revoked a token and not regenerated it since. An action can revoke a token
// before Terraform destroys it.
func (s *Service) isRevokedHere(id string) bool {
	known, _, ok := s.inventory.recent(id)
	return s.revoked.has(id) && ok && !known.Active()
}

// Revoke revokes a token. If the token is inactive or does not exist, that is success: nothing accepts its secret. After a
// lost response or a refusal, it reads the token, which may be inactive already.
func (s *Service) Revoke(ctx context.Context, prior Prior) error {
	var token api.ServiceUserToken
	err := s.patiently(ctx, func() (err error) {
		token, err = s.client.RevokeServiceUserToken(ctx, prior.ID)
		return err
	}, func(err error) bool { return s.isTooEarlyToRevoke(prior, err) })
	if err != nil && needsLook(err) {
		var found api.ServiceUserToken
		lookupErr := s.patiently(ctx, func() (err error) {
			found, err = s.client.GetServiceUserToken(context.WithoutCancel(ctx), prior.ID) // even after an interrupt: the token's fate must be known
			return err
		}, func(err error) bool { return api.IsNotFound(err) && s.isYoung(prior.CreatedAt) })
		if api.IsNotFound(lookupErr) || (lookupErr == nil && !found.Active()) {
			token, err = found, lookupErr
		}
	}
	switch {
	case err == nil:
		s.inventory.written(token, formerlyActive)
		s.revoked.add(prior.ID)
		return nil
	case api.IsNotFound(err):
		s.inventory.put(prior.ID, nil, formerlyInactive)
		return nil
	case api.HasReason(err, api.ReasonTokenNotActive):
		if known, ok := s.Known(prior.ID); ok && known.Active() {
			_, _ = s.Fetch(ctx, prior.ID) // corrects the inventory; the revoke itself has succeeded
		}
		return nil
	}
	return err
}

// isTooEarlyToRevoke reports whether a refused revoke may succeed later, because the service does not show its own writes
// yet: it does not find a token that was created minutes ago, or calls a secret inactive that was. Without the wait, a live
// token could be forgotten. If this run has revoked the token, the service is right.
func (s *Service) isTooEarlyToRevoke(prior Prior, err error) bool {
	if api.IsNotFound(err) && s.isYoung(prior.CreatedAt) {
		return true
	}
	return api.HasReason(err, api.ReasonTokenNotActive) && s.hasYoungSecret(prior) && !s.isRevokedHere(prior.ID)
}

// hasYoungSecret reports whether prior state holds an active secret that was issued minutes ago.
func (s *Service) hasYoungSecret(prior Prior) bool {
	return prior.Status == Active && prior.HasSecret && !prior.IssuedAt.IsZero() && s.isYoung(prior.IssuedAt)
}

// needsLook reports whether a failed change may have had its effect already, so that the token must be read: the response was
// lost, or the refusal does not say why.
func needsLook(err error) bool {
	return api.MayHaveActed(err) || (api.IsRefusedState(err) && !api.HasReason(err, api.ReasonTokenNotActive))
}

// OnDestroy is what a destroy does with a token.
type OnDestroy string

// The values of on_destroy.
const (
	// DestroyDelete revokes the token and deletes it.
	DestroyDelete OnDestroy = "delete"
	// DestroyRevoke revokes the token and keeps its record.
	DestroyRevoke OnDestroy = "revoke"
)

// Retire revokes a token and, unless onDestroy is DestroyRevoke, deletes it. A step that was done before is success, so a
// Retire that failed can be called again.
func (s *Service) Retire(ctx context.Context, prior Prior, onDestroy OnDestroy) error {
	if err := s.Revoke(ctx, prior); err != nil {
		return err
	}
	if onDestroy == DestroyRevoke {
		return nil
	}
	err := s.patiently(ctx, func() error { return s.delete(ctx, prior.ID) }, func(err error) bool {
		return api.IsRefusedState(err) // the service does not show the revoke everywhere yet
	})
	if err != nil {
		return err
	}
	s.inventory.writes.Add(1)
	s.inventory.put(prior.ID, nil, formerlyInactive)
	return nil
}

// delete deletes an inactive token. If it does not exist, that is success. After a lost response or a refusal, it reads the
// token.
func (s *Service) delete(ctx context.Context, id string) error {
	err := s.client.DeleteServiceUserToken(ctx, id)
	if err == nil || api.IsNotFound(err) {
		return nil
	}
	if needsLook(err) {
		if _, lookupErr := s.client.GetServiceUserToken(context.WithoutCancel(ctx), id); api.IsNotFound(lookupErr) {
			return nil
		}
	}
	return err
}

// RetireNamed revokes and deletes every token with exactly this name, from a new list, and returns how many there were. Use it
// only for names that nobody but this process gives.
func (s *Service) RetireNamed(ctx context.Context, name string) (removed int, err error) {
	fresh, err := s.client.ListServiceUserTokens(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range fresh.Tokens {
		if !SameName(t.Name, name) {
			continue
		}
		if err := s.Retire(ctx, Prior{ID: t.ID, CreatedAt: t.CreatedAt}, DestroyDelete); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// Edit changes the fields of an active token that are set in edit; set at least one. After a lost response it reads the token:
// if the token is as wanted, that is success.
func (s *Service) Edit(ctx context.Context, prior Prior, edit api.Edit) (api.ServiceUserToken, error) {
	var token api.ServiceUserToken
	err := s.patiently(ctx, func() (err error) {
		token, err = s.client.UpdateServiceUserToken(ctx, prior.ID, edit)
		return err
	}, func(err error) bool {
		known, deleted, ok := s.inventory.recent(prior.ID)
		justRegenerated := ok && !deleted && known.Active()
		return api.IsNotFound(err) && s.isYoung(prior.CreatedAt) || api.HasReason(err, api.ReasonTokenNotActive) && justRegenerated
	})
	if err != nil && api.MayHaveActed(err) {
		if found, lookupErr := s.client.GetServiceUserToken(context.WithoutCancel(ctx), prior.ID); lookupErr == nil && isEdited(found, edit) {
			token, err = found, nil
		}
	}
	if err == nil {
		s.inventory.written(token, formerlyActive)
	}
	return token, err
}

// isEdited reports whether a token has the values of an edit.
func isEdited(t api.ServiceUserToken, edit api.Edit) bool {
	switch {
	case edit.Name != nil && !SameName(t.Name, *edit.Name),
		edit.InactivityExpiryDays != nil && t.InactivityExpiryDays != *edit.InactivityExpiryDays,
		edit.AllPermissions && !t.AllPermissions,
		edit.PermissionSetIDs != nil && (t.AllPermissions || !SameIDs(t.PermissionSetIDs, edit.PermissionSetIDs)):
		return false
	}
	return true
}

// SameIDs reports whether two lists hold the same ids, ignoring order and letter case.
func SameIDs(a, b []string) bool { return slices.Equal(idKeys(a), idKeys(b)) }

func idKeys(ids []string) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = api.IDKey(id)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
