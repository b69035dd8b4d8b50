package tokens

import (
	"context"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// UserTokens returns a person's tokens, sorted by name, then id, and the person's user id. An empty user id means the caller.
func (s *Service) UserTokens(ctx context.Context, userID string) (owner string, list api.UserTokenList, err error) {
	if userID == "" {
		caller, err := s.Caller(ctx)
		if err != nil {
			return "", api.UserTokenList{}, err
		}
		userID = caller.UserID
	}
	list, err = s.client.ListUserTokens(ctx, userID)
	sortByName(list.Tokens, func(t api.UserToken) (name, id string) { return t.Name, t.ID })
	return userID, list, err
}
