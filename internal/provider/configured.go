package provider

import (
	"context"
	"errors"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// configured is what a configured provider hands to its resources, data sources and actions.
type configured struct {
	service           *tokens.Service
	expiryWarningDays int64
	// guarded: the credential was found to belong to the organization that the provider block or the environment names.
	guarded bool
	once    onceErrors
	open    *OpenTokens
}

// errOwnToken is a change that would take away the credential that the provider itself works with.
var errOwnToken = errors.New("the provider itself authenticates with this token")

// refuseOwn fails with errOwnToken for a token whose service user is the one that the provider itself works as.
func (c *configured) refuseOwn(ctx context.Context, serviceUserID string) error {
	own, err := c.service.IsOwn(ctx, serviceUserID)
	if err == nil && own {
		return errOwnToken
	}
	return err
}

// adopt is the state that a token gets which exists already: by import, or in the result of a query.
func (c *configured) adopt(ctx context.Context, found api.ServiceUserToken) (serviceUserTokenModel, error) {
	caller, err := c.service.Caller(ctx)
	var state serviceUserTokenModel
	state.adopt(found, caller.OrganizationID, c.service.Earliest())
	return state, err
}
