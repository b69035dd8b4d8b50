package api

import (
	"context"
	"errors"
	"net/http"
)

// ErrNotFiltered is returned if the list of active tokens holds one that is not: the server ignores the filter, or writes a
// status that this client does not know.
var ErrNotFiltered = errors.New("the list of active tokens holds others")

// ListActiveServiceUserTokens reads all pages of the active tokens. It stops with ErrNotFiltered at the first page that
// holds another token, because the pages of a server that ignores the filter can be many. IsInvalidRequest is true for the
// error of a server that refuses the filter.
func (c *Client) ListActiveServiceUserTokens(ctx context.Context) (ServiceUserTokenList, error) {
	return c.listTokens(ctx, StatusActive)
}

// IsInvalidRequest reports whether a call was refused because of its content: 400 or 422.
func IsInvalidRequest(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}

// listTokens reads all pages of the tokens of a status; empty is any.
func (c *Client) listTokens(ctx context.Context, status Status) (ServiceUserTokenList, error) {
	var list ServiceUserTokenList
	var all distinct[ServiceUserToken]
	var said counts
	err := eachPage(listServiceUserTokens, func(pageToken string) (string, error) {
		query := pageQuery(pageToken)
		if status != "" {
			query.Set("status", string(status))
		}
		var page tokenPage
		if err := c.do(ctx, call{operation: listServiceUserTokens, query: query, out: &page}); err != nil {
			return "", err
		}
		for i := range page.Tokens {
			token := page.Tokens[i].token()
			if status != "" && token.Status != status {
				return "", ErrNotFiltered
			}
			all.put(token.ID, token)
		}
		said.add(page.pageForm)
		return page.NextPageToken, nil
	})
	list.Tokens = all.items
	list.ActiveCount, list.ActiveLimit = orCounted(said, all.items, ServiceUserToken.Active)
	list.Counted = said.active.known
	return list, err
}
