package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// Status is a token's status as the contract writes it. Values that this client does not know are kept as they are.
type Status string

// The contract's statuses.
const (
	StatusActive  Status = "TOKEN_STATUS_ACTIVE"
	StatusRevoked Status = "TOKEN_STATUS_REVOKED"
	StatusExpired Status = "TOKEN_STATUS_EXPIRED"
)

// Person is who made a token.
type Person struct {
	UserID string `json:"user_id"`
	Name   string `json:"name"`
}

// ServiceUserToken is a token of a service user, without its secret.
type ServiceUserToken struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	ServiceUserID string `json:"service_user_id"`
	Status        Status `json:"status"`
	// InactivityExpiryDays is 31, 45, 60 or 180.
	InactivityExpiryDays int64 `json:"inactivity_expiry_days"`
	AllPermissions       bool  `json:"all_permissions"`
	// PermissionSetIDs has no order; empty where AllPermissions.
	PermissionSetIDs []string  `json:"permission_set_ids"`
	CreatedAt        time.Time `json:"created_at"`
	CreatedBy        Person    `json:"created_by"`
	// IssuedAt is when the current secret was made.
	IssuedAt time.Time `json:"issued_at"`
	// LastUsedAt is nil for a secret that was never used.
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
}

// Active reports whether the token's secret is accepted.
func (t ServiceUserToken) Active() bool { return t.Status == StatusActive }

func (t ServiceUserToken) check() error {
	switch {
	case t.ID == "":
		return errors.New("a token in it has no id")
	case t.Status == "":
		return errors.New("a token in it has no status")
	case t.IssuedAt.IsZero():
		return errors.New("a token in it has no issued_at")
	}
	return nil
}

type tokenAnswer struct {
	Token ServiceUserToken `json:"service_user_token"`
}

func (a *tokenAnswer) check() error { return a.Token.check() }

type mintAnswer struct {
	tokenAnswer
	Secret secret.String `json:"secret"`
}

func (a *mintAnswer) check() error {
	if a.Secret.IsZero() {
		return ErrNoSecret
	}
	return a.tokenAnswer.check()
}

// NewServiceUserToken is what a token is made of.
type NewServiceUserToken struct {
	Name                 string `json:"name"`
	InactivityExpiryDays int64  `json:"inactivity_expiry_days,omitempty"`
	// PermissionSetIDs empty grants all permissions.
	PermissionSetIDs []string `json:"permission_set_ids,omitempty"`
}

// Edit changes a token. Nil fields stay as they are. At most one of PermissionSetIDs and AllPermissions is set.
type Edit struct {
	Name                 *string  `json:"name,omitempty"`
	InactivityExpiryDays *int64   `json:"inactivity_expiry_days,omitempty"`
	PermissionSetIDs     []string `json:"permission_set_ids,omitempty"`
	AllPermissions       bool     `json:"all_permissions,omitempty"`
}

// IsEmpty reports whether the edit changes nothing.
func (e Edit) IsEmpty() bool {
	return e.Name == nil && e.InactivityExpiryDays == nil && e.PermissionSetIDs == nil && !e.AllPermissions
}

// ErrNoSecret is an answer to create or regenerate that lacks the secret: the token exists and nobody has its secret.
var ErrNoSecret = errors.New("the answer holds no secret")

// CreateServiceUserToken makes a token. The secret is answered this once. It is never repeated blindly: after an error
// for which MayHaveActed is true, the token may exist.
func (c *Client) CreateServiceUserToken(ctx context.Context, in NewServiceUserToken) (ServiceUserToken, secret.String, error) {
	return c.mint(ctx, call{operation: createServiceUserToken, in: in})
}

// RegenerateServiceUserToken gives a revoked or expired token a new secret, answered this once. Else as
// CreateServiceUserToken.
func (c *Client) RegenerateServiceUserToken(ctx context.Context, id string) (ServiceUserToken, secret.String, error) {
	return c.mint(ctx, call{operation: regenerateServiceUserToken, args: []string{id}, in: struct{}{}})
}

func (c *Client) mint(ctx context.Context, spec call) (ServiceUserToken, secret.String, error) {
	var answer mintAnswer
	spec.out = &answer
	if err := c.do(ctx, spec); err != nil {
		return ServiceUserToken{}, secret.String{}, err
	}
	c.remember(answer.Secret)
	return answer.Token, answer.Secret, nil
}

// GetServiceUserToken reads one token.
func (c *Client) GetServiceUserToken(ctx context.Context, id string) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: getServiceUserToken, args: []string{id}})
}

// UpdateServiceUserToken edits an active token; on any other it fails with ReasonTokenNotActive.
func (c *Client) UpdateServiceUserToken(ctx context.Context, id string, edit Edit) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: updateServiceUserToken, args: []string{id}, in: edit})
}

// RevokeServiceUserToken revokes an active token; on any other it fails with ReasonTokenNotActive.
func (c *Client) RevokeServiceUserToken(ctx context.Context, id string) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: revokeServiceUserToken, args: []string{id}, in: struct{}{}})
}

func (c *Client) token(ctx context.Context, spec call) (ServiceUserToken, error) {
	var answer tokenAnswer
	spec.out = &answer
	if err := c.do(ctx, spec); err != nil {
		return ServiceUserToken{}, err
	}
	return answer.Token, nil
}

// DeleteServiceUserToken deletes a revoked or expired token; on an active one it fails with ReasonTokenActive.
func (c *Client) DeleteServiceUserToken(ctx context.Context, id string) error {
	return c.do(ctx, call{operation: deleteServiceUserToken, args: []string{id}, out: &struct{}{}})
}

// ServiceUserTokenList is every service user token of the organization.
type ServiceUserTokenList struct {
	Tokens []ServiceUserToken
	// ActiveCount and ActiveLimit describe the organization, whatever was listed.
	ActiveCount, ActiveLimit int64
}

// MaxPageSize is the largest page that the contract allows.
const MaxPageSize = 100

type tokenPage struct {
	// A pointer tells a list that is empty from a JSON object that is something else altogether.
	Tokens        *[]ServiceUserToken `json:"service_user_tokens"`
	NextPageToken string              `json:"next_page_token"`
	ActiveCount   int64               `json:"active_count"`
	ActiveLimit   int64               `json:"active_limit"`
}

func (p *tokenPage) check() error {
	if p.Tokens == nil {
		return errors.New("it has no service_user_tokens")
	}
	for _, t := range *p.Tokens {
		if err := t.check(); err != nil {
			return err
		}
	}
	return nil
}

// ListServiceUserTokens reads all pages.
func (c *Client) ListServiceUserTokens(ctx context.Context) (ServiceUserTokenList, error) {
	var list ServiceUserTokenList
	var all distinct[ServiceUserToken]
	err := eachPage(listServiceUserTokens, func(pageToken string) (string, error) {
		query := url.Values{"page_size": {strconv.Itoa(MaxPageSize)}}
		if pageToken != "" {
			query.Set("page_token", pageToken)
		}
		var page tokenPage
		if err := c.do(ctx, call{operation: listServiceUserTokens, query: query, out: &page}); err != nil {
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

// distinct are the items of a list. One that moves to another page while they are read is kept as it was read last.
type distinct[T any] struct {
	items []T
	at    map[string]int
}

func (d *distinct[T]) put(id string, item T) {
	if at, ok := d.at[id]; ok {
		d.items[at] = item
		return
	}
	if d.at == nil {
		d.at = map[string]int{}
	}
	d.at[id] = len(d.items)
	d.items = append(d.items, item)
}

// maxPages ends a list that never does. At 100 a page it is far more than any organization has.
const maxPages = 1000

var errEndless = errors.New("the list repeats itself and would never end")

// eachPage reads pages until there is no next one. A page token that comes again, or more pages than maxPages, is an
// AnswerError: the list would never end.
func eachPage(o operation, read func(pageToken string) (next string, err error)) error {
	pageToken := ""
	used := map[string]bool{}
	for range maxPages {
		next, err := read(pageToken)
		if err != nil || next == "" {
			return err
		}
		if used[next] {
			return &AnswerError{Operation: o.ID, Status: http.StatusOK, Err: errEndless}
		}
		used[next] = true
		pageToken = next
	}
	return &AnswerError{Operation: o.ID, Status: http.StatusOK, Err: fmt.Errorf("the list has more than %d pages", maxPages)}
}
