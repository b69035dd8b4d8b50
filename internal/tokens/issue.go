package tokens

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// Issued is a token together with its secret, which the API shows once.
type Issued struct {
	Token  api.ServiceUserToken
	Secret secret.String
}

// Issue creates a token. Store the secret before anything else is done.
//
// It fails with a QuotaError if the organization has no free slot, with a LostCreateError if the response was lost, and
// with the API's error otherwise.
func (s *Service) Issue(ctx context.Context, in api.NewServiceUserToken) (Issued, error) {
	// By either clock: a wrong Date must not hide what was made. And only what was listed before is known: a list that is
	// under way beside the create may show what it makes.
	began := s.Earliest()
	before, _ := s.inventory.listed()
	token, secret, err := s.client.CreateServiceUserToken(ctx, in)
	switch {
	case err == nil:
		token.IssuedAt = knownTime(token.IssuedAt, token.CreatedAt) // a new token's secret is as old as the token
		s.inventory.written(token, formerlyInactive)
		return Issued{token, secret}, nil
	case api.MayHaveActed(err):
		return Issued{}, s.lostCreate(ctx, in.Name, began, before, err)
	case api.IsRefusedState(err):
		return Issued{}, s.quotaError(ctx, in.Name, err)
	default:
		return Issued{}, err
	}
}

// LostCreateError is a create whose response was lost. A token may exist whose secret nobody has.
//
// No field of the API tells whose a token is: another run can create the same name with the same credential at the same
// moment. So no candidate is touched, and none is stored.
type LostCreateError struct {
	// Err is what happened to the response.
	Err error
	// Candidates are the tokens that the create may have made: active, never used, of its name, made since it began, and
	// unknown to this run.
	Candidates []api.ServiceUserToken
	// LookupErr is why it could not be looked for them; nil if it could.
	LookupErr error
}

func (e *LostCreateError) Error() string {
	return "the response to a create was lost: " + e.Err.Error()
}

// Unwrap returns what happened to the response.
func (e *LostCreateError) Unwrap() error { return e.Err }

// lookAgainAfter is the pause before the second look for a lost create: services lag behind their own writes.
const lookAgainAfter = 2500 * time.Millisecond

// lostCreate looks twice for what a lost create may have made, in a fresh list each time. It also looks when the user
// interrupts: a token that nobody knows of is worth the wait.
func (s *Service) lostCreate(ctx context.Context, name string, began time.Time, before listing, lost error) error {
	ctx = context.WithoutCancel(ctx)
	s.inventory.writes.Add(1)
	first, _ := s.client.ListServiceUserTokens(ctx)
	_ = s.wait(ctx, lookAgainAfter)
	second, err := s.client.ListServiceUserTokens(ctx)
	candidates := s.candidates(append(first.Tokens, second.Tokens...), name, began, before)
	return &LostCreateError{Err: lost, Candidates: candidates, LookupErr: err}
}

// candidates are the tokens that a create of this name may have made since it began. A token that appears twice is
// returned once, as it was found last.
func (s *Service) candidates(found []api.ServiceUserToken, name string, began time.Time, before listing) []api.ServiceUserToken {
	var candidates []api.ServiceUserToken
	at := map[string]int{}
	for _, t := range found {
		if !SameName(t.Name, name) || !neverUsed(t) || s.seen(t.ID, before) || t.CreatedAt.Before(began.Add(-clockTolerance)) && !t.CreatedAt.IsZero() {
			continue
		}
		if i, ok := at[api.IDKey(t.ID)]; ok {
			candidates[i] = t
			continue
		}
		at[api.IDKey(t.ID)] = len(candidates)
		candidates = append(candidates, t)
	}
	return candidates
}

// neverUsed reports whether a token is active and nothing has used its secret.
func neverUsed(t api.ServiceUserToken) bool { return t.Active() && t.LastUsedAt == nil }

// LostRegenerateError is a regenerate whose response was lost. The token is not usable by anyone until it is regenerated
// again, unless CleanupErr is set: then it may be active with a secret that nobody has.
type LostRegenerateError struct {
	Err        error
	CleanupErr error
}

func (e *LostRegenerateError) Error() string {
	return "the response to a regenerate was lost: " + e.Err.Error()
}

// Unwrap returns what happened to the response.
func (e *LostRegenerateError) Unwrap() error { return e.Err }

// Regenerate gives an inactive token a new secret. Store it before anything else is done. It fails with a
// LostRegenerateError if the response was lost, and with a QuotaError if the organization has no free slot.
//
// After a refusal it does not look whether the token is active: if it is, its secret is one that Terraform does not have.
func (s *Service) Regenerate(ctx context.Context, id string) (Issued, error) {
	var issued Issued
	err := s.patiently(ctx, func() (err error) {
		issued.Token, issued.Secret, err = s.client.RegenerateServiceUserToken(ctx, id)
		return err
	}, func(err error) bool {
		// This run has just seen the token inactive: the service does not show that everywhere yet.
		known, deleted, ok := s.inventory.recent(id)
		return api.HasReason(err, api.ReasonTokenActive) && ok && !deleted && !known.Active()
	})
	switch {
	case err == nil:
		s.inventory.written(issued.Token, formerlyInactive)
		return issued, nil
	case api.MayHaveActed(err):
		// If it was carried out, the token is active with a secret that nobody has. Revoked, it is what state says it is.
		return Issued{}, &LostRegenerateError{Err: err, CleanupErr: s.Revoke(context.WithoutCancel(ctx), Prior{ID: id})}
	case api.IsRefusedState(err) && !api.HasReason(err, api.ReasonTokenActive):
		return Issued{}, s.quotaError(ctx, "", err)
	default:
		return Issued{}, err
	}
}

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
