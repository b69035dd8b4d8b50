package api

import (
	"cmp"
	"context"
	"errors"
)

// Caller is the user who owns the API token.
type Caller struct {
	UserID         string
	OrganizationID string
	FirstName      string
	LastName       string
}

// callerResponse reads only these fields: the real body can hold other secrets.
type callerResponse struct {
	UserID string `json:"user_id"`
	// The API writes organisation_id; some clients were seen to read organization_id.
	OrganisationID string `json:"organisation_id"`
	OrganizationID string `json:"organization_id"`
	FirstName      string `json:"firstname"`
	LastName       string `json:"lastname"`
}

func (r *callerResponse) check() error {
	if r.UserID == "" || cmp.Or(r.OrganisationID, r.OrganizationID) == "" {
		return errors.New("it does not say whose token this is (user_id and organisation_id)")
	}
	return nil
}

// WhoAmI returns the current user of the credential.
func (c *Client) WhoAmI(ctx context.Context) (Caller, error) {
	var response callerResponse
	if err := c.do(ctx, call{operation: whoAmI, out: &response}); err != nil {
		return Caller{}, err
	}
	return Caller{
		UserID:         response.UserID,
		OrganizationID: cmp.Or(response.OrganisationID, response.OrganizationID),
		FirstName:      response.FirstName,
		LastName:       response.LastName,
	}, nil
}
