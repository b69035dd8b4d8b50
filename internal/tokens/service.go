// Package tokens has the rules of service user tokens: when the provider issues, rotates and retires one, and what a run knows
// of all of them. It uses neither Terraform nor HTTP.
package tokens

import (
	"context"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Service works on the tokens of one organization with one credential. It is safe for concurrent use. Use one for each run: it
// reads each list once and keeps it.
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

// Options are what a Service needs in addition to the API's client. Zero values are the production defaults.
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

// CallerError is returned if the run could not read who owns the credential. A run does not retry it.
type CallerError struct{ Err error }

func (e *CallerError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *CallerError) Unwrap() error { return e.Err }

// Caller returns who owns the credential, or fails with a CallerError. A run requests it once.
func (s *Service) Caller(ctx context.Context) (api.Caller, error) {
	caller, err := s.caller.get(ctx, s.client.WhoAmI)
	if err != nil && ctx.Err() == nil {
		return api.Caller{}, &CallerError{err}
	}
	return caller, err
}

// WrongOrganizationError is returned if the credential belongs to another organization than expected. With that credential,
// every token of the expected organization would look deleted.
type WrongOrganizationError struct{ Want, Got string }

func (e *WrongOrganizationError) Error() string {
	return fmt.Sprintf("the credential belongs to organization %s, not to %s", api.Printable(e.Got, 100), api.Printable(e.Want, 100))
}

// CheckOrganization fails with a WrongOrganizationError if the credential does not belong to the wanted organization. An empty
// want accepts any.
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

// IsOwn reports whether the credential belongs to this service user.
func (s *Service) IsOwn(ctx context.Context, serviceUserID string) (bool, error) {
	caller, err := s.Caller(ctx)
	return err == nil && serviceUserID != "" && api.SameID(caller.UserID, serviceUserID), err
}
