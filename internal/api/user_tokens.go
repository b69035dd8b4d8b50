package api

import (
	"context"
	"errors"
	"time"
)

// UserToken is a token of a person, without its secret. A time that the API does not say is zero or nil.
type UserToken struct {
	ID         string
	Name       string
	UserID     string
	Status     Status
	CreatedAt  time.Time
	LastUsedAt *time.Time
	ExpiresAt  time.Time
}

// UserTokenList is every token of one person. Its counts are as in ServiceUserTokenList.
type UserTokenList struct {
	Tokens                   []UserToken
	ActiveCount, ActiveLimit int64
}

// userTokenForm is a user token as a server writes it.
type userTokenForm struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	UserID     string       `json:"user_id"`
	Status     string       `json:"status"`
	CreatedAt  flexibleTime `json:"created_at"`
	LastUsedAt flexibleTime `json:"last_used_at"`
	ExpiresAt  flexibleTime `json:"expires_at"`
}

func (f *userTokenForm) token() UserToken {
	return UserToken{
		ID: f.ID, Name: f.Name, UserID: f.UserID, Status: readStatus(f.Status),
		CreatedAt: f.CreatedAt.Time, LastUsedAt: f.LastUsedAt.orNil(), ExpiresAt: f.ExpiresAt.Time,
	}
}

type userTokenPage struct {
	Tokens []userTokenForm `json:"user_tokens"`
	pageForm
}

func (p *userTokenPage) keys() []string { return p.keysWith("user_tokens") }

func (p *userTokenPage) check() error {
	for _, t := range p.Tokens {
		if t.ID == "" {
			return errors.New("a token in it has no id")
		}
	}
	return nil
}

// ListUserTokens reads all pages of a person's tokens. An empty user id is the caller.
func (c *Client) ListUserTokens(ctx context.Context, userID string) (UserTokenList, error) {
	var list UserTokenList
	var all distinct[UserToken]
	var said counts
	err := eachPage(listUserTokens, func(pageToken string) (string, error) {
		query := pageQuery(pageToken)
		if userID != "" {
			query.Set("user_id", userID)
		}
		var page userTokenPage
		if err := c.do(ctx, call{operation: listUserTokens, query: query, out: &page}); err != nil {
			return "", err
		}
		for i := range page.Tokens {
			all.put(page.Tokens[i].ID, page.Tokens[i].token())
		}
		said.add(page.pageForm)
		return page.NextPageToken, nil
	})
	list.Tokens = all.items
	list.ActiveCount, list.ActiveLimit = orCounted(said, all.items, func(t UserToken) bool { return t.Status == StatusActive })
	return list, err
}
