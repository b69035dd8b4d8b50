// Package tokens keeps the rules of a service user token: when it is issued, rotated and retired, and what a run knows of
// all of them. It knows nothing of Terraform or HTTP.
package tokens

import (
	"context"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Service works on the tokens of one organization with one credential. It is safe for concurrent use and lives for one
// run: what it has listed once it does not list again.
type Service struct {
	client *api.Client
	now    func() time.Time
	wait   func(context.Context, time.Duration) error

	patience       patience
	caller         shared[api.Caller]
	inventory      inventory
	refusals       refusals
	revoked        revocations
	permissionSets shared[[]api.PermissionSet]
}

// Options are what a Service depends on beside the API. Zero values are the production defaults.
type Options struct {
	// Now is this machine's clock; nil is time.Now.
	Now func() time.Time
	// Wait waits for a service that lags behind its own writes, or until the context ends; nil uses a timer.
	Wait func(context.Context, time.Duration) error
}

// NewService returns a service that calls the API through client. It sends nothing.
func NewService(client *api.Client, opts Options) *Service {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = api.Wait
	}
	return &Service{client: client, now: opts.Now, wait: opts.Wait, patience: patience{wait: opts.Wait}}
}

// CallerError says that it could not be read who owns the credential.
type CallerError struct{ Err error }

func (e *CallerError) Error() string { return e.Err.Error() }

// Unwrap returns why.
func (e *CallerError) Unwrap() error { return e.Err }

// Caller says who owns the credential, or fails with a CallerError. It is asked once in a run.
func (s *Service) Caller(ctx context.Context) (api.Caller, error) {
	caller, err := s.caller.get(ctx, s.client.WhoAmI)
	if err != nil && ctx.Err() == nil {
		return api.Caller{}, &CallerError{err}
	}
	return caller, err
}

// WrongOrganizationError says that the credential belongs to another organization than expected. Every token of the
// expected one would look deleted through it.
type WrongOrganizationError struct{ Want, Got string }

func (e *WrongOrganizationError) Error() string {
	return fmt.Sprintf("the credential belongs to organization %s, not to %s", api.Printable(e.Got, 100), api.Printable(e.Want, 100))
}

// CheckOrganization fails with a WrongOrganizationError unless the credential belongs to the wanted organization. An
// empty want fits any.
func (s *Service) CheckOrganization(ctx context.Context, want string) error {
	caller, err := s.Caller(ctx)
	if err != nil {
		return err
	}
	if want != "" && !api.SameID(want, caller.OrganizationID) {
		return &WrongOrganizationError{Want: want, Got: caller.OrganizationID}
	}
	return nil
}

// IsOwn reports whether the service user is the one that the credential itself belongs to.
func (s *Service) IsOwn(ctx context.Context, serviceUserID string) (bool, error) {
	caller, err := s.Caller(ctx)
	return err == nil && serviceUserID != "" && api.SameID(caller.UserID, serviceUserID), err
}
