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

// Issue creates a token. Store the secret before you do anything else.
//
// It fails with a QuotaError if the organization has no free slot, with a LostCreateError if the response was lost, and
// otherwise with the API's error.
func (s *Service) Issue(ctx context.Context, in api.NewServiceUserToken) (Issued, error) {
	// The earlier of two clocks: a wrong Date must not hide a leftover token. Only an earlier list counts as known: a list
	// that is in flight at the same time may show the new token.
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

// LostCreateError is returned if the response to a create was lost. A token may exist whose secret nobody has.
//
// No field of the API tells which run created a token: another run can create the same name with the same credential at the
// same moment. So the provider changes no candidate and stores none.
type LostCreateError struct {
	// Err says what happened to the response.
	Err error
	// Candidates are the tokens that the request may have created: they are active, were never used, have its name, are newer
	// than the request, and are unknown to this run.
	Candidates []api.ServiceUserToken
	// LookupErr says why the check for candidates failed; nil if it succeeded.
	LookupErr error
}

func (e *LostCreateError) Error() string {
	return "the response to a create was lost: " + e.Err.Error()
}

// Unwrap returns what happened to the response.
func (e *LostCreateError) Unwrap() error { return e.Err }

// lookAgainAfter is the pause before the second check for a leftover token: services lag behind their own writes.
const lookAgainAfter = 2500 * time.Millisecond

// lostCreate checks twice for a leftover token, each time in a new list. It does so even if the user interrupts: a live token
// that nobody knows is worse than a short wait.
func (s *Service) lostCreate(ctx context.Context, name string, began time.Time, before listing, lost error) error {
	ctx = context.WithoutCancel(ctx)
	s.inventory.writes.Add(1)
	first, _ := s.client.ListServiceUserTokens(ctx)
	_ = s.wait(ctx, lookAgainAfter)
	second, err := s.client.ListServiceUserTokens(ctx)
	candidates := s.candidates(append(first.Tokens, second.Tokens...), name, began, before)
	return &LostCreateError{Err: lost, Candidates: candidates, LookupErr: err}
}

// candidates returns the tokens that a create of this name may have created since it began. If a token is in both lists, it
// returns the later form.
func (s *Service) candidates(found []api.ServiceUserToken, name string, began time.Time, before listing) []api.ServiceUserToken {
	var candidates []api.ServiceUserToken
	at := map[string]int{}
	for _, t := range found {
		if !SameName(t.Name, name) || !neverUsed(t) || s.seen(t.ID, before) || t.CreatedAt.Before(began.Add(-api.ClockTolerance)) && !t.CreatedAt.IsZero() {
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

// LostRegenerateError is returned if the response to a regenerate was lost. The token was then revoked, so that no secret of
// it works.
type LostRegenerateError struct {
	// Err says what happened to the response.
	Err error
	// CleanupErr says why the revoke failed; nil if it succeeded. If it failed, the token may be active with a secret that
	// nobody has.
	CleanupErr error
}

func (e *LostRegenerateError) Error() string {
	return "the response to a regenerate was lost: " + e.Err.Error()
}

// Unwrap returns what happened to the response.
func (e *LostRegenerateError) Unwrap() error { return e.Err }

// Regenerate gives an inactive token a new secret. Store it before you do anything else. It fails with a
// LostRegenerateError if the response was lost, and with a QuotaError if the organization has no free slot.
//
// After a refusal it does not read the token: even if the token is active, Terraform does not have its secret.
func (s *Service) Regenerate(ctx context.Context, id string) (Issued, error) {
	var issued Issued
	err := s.patiently(ctx, func() (err error) {
		issued.Token, issued.Secret, err = s.client.RegenerateServiceUserToken(ctx, id)
		return err
	}, func(err error) bool {
		// This run knows that the token is inactive: the service does not show that everywhere yet.
		known, deleted, ok := s.inventory.recent(id)
		return api.HasReason(err, api.ReasonTokenActive) && ok && !deleted && !known.Active()
	})
	switch {
	case err == nil:
		s.inventory.written(issued.Token, formerlyInactive)
		return issued, nil
	case api.MayHaveActed(err):
		// If the API did it, the token is active with a secret that nobody has. After a revoke, it is what prior state says.
		return Issued{}, &LostRegenerateError{Err: err, CleanupErr: s.Revoke(context.WithoutCancel(ctx), Prior{ID: id})}
	case api.IsRefusedState(err) && !api.HasReason(err, api.ReasonTokenActive):
		return Issued{}, s.quotaError(ctx, "", err)
	default:
		return Issued{}, err
	}
}

// ErrInactive is returned for a token that cannot be imported, because its first plan would create a new secret.
var ErrInactive = errors.New("the token is not active")

// Adoptable returns the token to import, by id or by exact name. It fails with ErrGone, an AmbiguousNameError or
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

// Find returns the token with this id. If the id is empty, it finds the token by name, as ByName does. It fails with ErrGone
// or an AmbiguousNameError.
func (s *Service) Find(ctx context.Context, id, name string) (api.ServiceUserToken, error) {
	if id != "" {
		return s.Lookup(ctx, id)
	}
	return s.ByName(ctx, name)
}
