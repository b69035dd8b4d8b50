package api

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// UserToken is a token of a person, without its secret.
type UserToken struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	UserID     string     `json:"user_id"`
	Status     Status     `json:"status"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
}

// UserTokenList is every token of one person.
type UserTokenList struct {
	Tokens                   []UserToken
	ActiveCount, ActiveLimit int64
}

type userTokenPage struct {
	Tokens        *[]UserToken `json:"user_tokens"`
	NextPageToken string       `json:"next_page_token"`
	ActiveCount   int64        `json:"active_count"`
	ActiveLimit   int64        `json:"active_limit"`
}

func (p *userTokenPage) check() error {
	if p.Tokens == nil {
		return errors.New("it has no user_tokens")
	}
	for _, t := range *p.Tokens {
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
	err := eachPage(listUserTokens, func(pageToken string) (string, error) {
		query := url.Values{"page_size": {strconv.Itoa(MaxPageSize)}}
		if userID != "" {
			query.Set("user_id", userID)
		}
		if pageToken != "" {
			query.Set("page_token", pageToken)
		}
		var page userTokenPage
		if err := c.do(ctx, call{operation: listUserTokens, query: query, out: &page}); err != nil {
			return "", err
		}
		for _, t := range *page.Tokens {
			all.put(t.ID, t)
		}
		list.Tokens, list.ActiveCount, list.ActiveLimit = all.items, page.ActiveCount, page.ActiveLimit
		return page.NextPageToken, nil
	})
	return list, err
}
