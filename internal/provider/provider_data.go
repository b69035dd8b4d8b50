package provider

import (
	"context"
	"errors"
	"io"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// providerData is what Configure hands to its resources, data sources and actions.
type providerData struct {
	service           *tokens.Service
	expiryWarningDays int64
	// guarded says that the credential belongs to the organization that the provider block or the environment names.
	guarded    bool
	once       onceErrors
	slots      plannedSlots
	reads      readTokens
	openTokens *OpenTokens
	proxy      string    // what requests go through; empty if there is none
	random     io.Reader // what sealed boxes take their randomness from; nil is the system's
}

// errOwnToken is returned for a change after which the provider's own credential would not work.
var errOwnToken = errors.New("the provider itself authenticates with this token")

// refuseOwn fails with errOwnToken if the provider's credential belongs to this service user.
func (c *providerData) refuseOwn(ctx context.Context, serviceUserID string) error {
	own, err := c.service.IsOwn(ctx, serviceUserID)
	if err == nil && own {
		return errOwnToken
	}
	return err
}

// checkPlannedOrganization fails with a WrongOrganizationError if the plan names another organization than the credential's. A
// plan without an organization is fine: it was made before the provider had a credential.
func (c *providerData) checkPlannedOrganization(ctx context.Context, plan serviceUserTokenModel) error {
	return c.service.CheckOrganization(ctx, plan.OrganizationID.ValueString())
}

// importedState returns the state of a token that is imported, or that a query lists.
func (c *providerData) importedState(ctx context.Context, found api.ServiceUserToken) (serviceUserTokenModel, error) {
	caller, err := c.service.Caller(ctx)
	var state serviceUserTokenModel
	state.adopt(found, caller.OrganizationID, c.service.Earliest())
	return state, err
}

// variableGuardError is the error of a check against the organization that the environment variable names.
type variableGuardError struct{ error }

// Unwrap returns the reason.
func (e variableGuardError) Unwrap() error { return e.error }

// guardedBy explains the environment variable, if the expected organization comes from it.
func guardedBy(err error) string {
	var guard variableGuardError
	if !errors.As(err, &guard) {
		return ""
	}
	return " The expected organization comes from the environment variable " + envOrganizationID + ", which holds for every provider block (alias) that has no organization_id of its own. In a block for another organization, write organization_id."
}
