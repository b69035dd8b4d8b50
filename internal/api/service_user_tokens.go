package api

import (
	"context"
	"encoding/json"
	"errors"
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

// UnmarshalJSON reads a person from an object, or from a text that names one. It decides nothing, so what cannot be read
// is nobody and no error.
func (p *Person) UnmarshalJSON(data []byte) error {
	type object Person
	if json.Unmarshal(data, (*object)(p)) != nil {
		*p = Person{}
		_ = json.Unmarshal(data, &p.Name)
	}
	return nil
}

// ServiceUserToken is a token of a service user, without its secret. A time that the API does not say is zero or nil.
type ServiceUserToken struct {
	ID            string
	Name          string
	ServiceUserID string
	Status        Status
	// InactivityExpiryDays is 31, 45, 60 or 180.
	InactivityExpiryDays int64
	AllPermissions       bool
	// PermissionSetIDs has no order. It is empty, never nil, if AllPermissions is true or the API names none.
	PermissionSetIDs []string
	CreatedAt        time.Time
	CreatedBy        Person
	// IssuedAt is when the current secret was created.
	IssuedAt time.Time
	// LastUsedAt is nil if the current secret was never used.
	LastUsedAt *time.Time
	ExpiresAt  time.Time
	RevokedAt  *time.Time
}

// Active reports whether the token's secret is accepted.
func (t ServiceUserToken) Active() bool { return t.Status == StatusActive }

// tokenForm is a service user token as a server writes it.
type tokenForm struct {
	ID                   string       `json:"id"`
	Name                 string       `json:"name"`
	ServiceUserID        string       `json:"service_user_id"`
	Status               string       `json:"status"`
	InactivityExpiryDays flexibleInt  `json:"inactivity_expiry_days"`
	AllPermissions       flexibleBool `json:"all_permissions"`
	PermissionSetIDs     []string     `json:"permission_set_ids"`
	CreatedAt            flexibleTime `json:"created_at"`
	CreatedBy            Person       `json:"created_by"`
	IssuedAt             flexibleTime `json:"issued_at"`
	LastUsedAt           flexibleTime `json:"last_used_at"`
	ExpiresAt            flexibleTime `json:"expires_at"`
	RevokedAt            flexibleTime `json:"revoked_at"`
}

func (f *tokenForm) check() error {
	switch {
	case f.ID == "":
		return errors.New("a token in it has no id")
	case f.Status == "":
		return errors.New("a token in it has no status")
	}
	return nil
}

func (f *tokenForm) token() ServiceUserToken {
	t := ServiceUserToken{
		ID: f.ID, Name: f.Name, ServiceUserID: f.ServiceUserID, Status: readStatus(f.Status),
		InactivityExpiryDays: f.InactivityExpiryDays.value, AllPermissions: bool(f.AllPermissions), PermissionSetIDs: f.PermissionSetIDs,
		CreatedAt: f.CreatedAt.Time, CreatedBy: f.CreatedBy, IssuedAt: f.IssuedAt.Time, LastUsedAt: f.LastUsedAt.orNil(),
		ExpiresAt: f.ExpiresAt.Time, RevokedAt: f.RevokedAt.orNil(),
	}
	if t.PermissionSetIDs == nil {
		t.PermissionSetIDs = []string{}
	}
	return t
}

type tokenResponse struct {
	Token tokenForm `json:"service_user_token"`
}

func (r *tokenResponse) check() error { return r.Token.check() }

type secretResponse struct {
	tokenResponse
	Secret secret.String `json:"secret"`
}

// salvage reads each field by itself and leaves out the fields that cannot be read.
func (r *secretResponse) salvage(body []byte) {
	var parts struct {
		Token  map[string]json.RawMessage `json:"service_user_token"`
		Secret json.RawMessage            `json:"secret"`
	}
	_ = json.Unmarshal(body, &parts)
	_ = json.Unmarshal(parts.Secret, &r.Secret)
	for field, value := range parts.Token {
		if one, err := json.Marshal(map[string]json.RawMessage{field: value}); err == nil {
			_ = json.Unmarshal(one, &r.Token)
		}
	}
}

func (r *secretResponse) check() error {
	if r.Secret.IsZero() {
		return ErrNoSecret
	}
	if r.Token.Status == "" {
		r.Token.Status = string(StatusActive) // a new secret's token is active; an error here would lose the secret
	}
	return r.tokenResponse.check()
}

// NewServiceUserToken is the request that creates a token.
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

// ErrNoSecret is returned if the response to create or regenerate has no secret: the token exists, and nobody has its secret.
var ErrNoSecret = errors.New("the response holds no secret")

// CreateServiceUserToken creates a token and returns its secret, which the API returns only this once. The call is not retried
// if the API may have carried it out: after an error for which MayHaveActed is true, the token may exist.
func (c *Client) CreateServiceUserToken(ctx context.Context, in NewServiceUserToken) (ServiceUserToken, secret.String, error) {
	return c.newSecret(ctx, call{operation: createServiceUserToken, in: in})
}

// RegenerateServiceUserToken creates a new secret for a revoked or expired token. The secret and retries are as in
// CreateServiceUserToken.
func (c *Client) RegenerateServiceUserToken(ctx context.Context, id string) (ServiceUserToken, secret.String, error) {
	return c.newSecret(ctx, call{operation: regenerateServiceUserToken, args: []string{id}, in: struct{}{}})
}

// newSecret makes a call that creates a secret, and masks the secret from now on.
func (c *Client) newSecret(ctx context.Context, spec call) (ServiceUserToken, secret.String, error) {
	var response secretResponse
	spec.out = &response
	if err := c.do(ctx, spec); err != nil {
		return ServiceUserToken{}, secret.String{}, err
	}
	c.remember(response.Secret)
	return response.Token.token(), response.Secret, nil
}

// GetServiceUserToken reads one token.
func (c *Client) GetServiceUserToken(ctx context.Context, id string) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: getServiceUserToken, args: []string{id}})
}

// UpdateServiceUserToken edits an active token; for any other it fails with ReasonTokenNotActive.
func (c *Client) UpdateServiceUserToken(ctx context.Context, id string, edit Edit) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: updateServiceUserToken, args: []string{id}, in: edit})
}

// RevokeServiceUserToken revokes an active token; for any other it fails with ReasonTokenNotActive.
func (c *Client) RevokeServiceUserToken(ctx context.Context, id string) (ServiceUserToken, error) {
	return c.token(ctx, call{operation: revokeServiceUserToken, args: []string{id}, in: struct{}{}})
}

func (c *Client) token(ctx context.Context, spec call) (ServiceUserToken, error) {
	var response tokenResponse
	spec.out = &response
	if err := c.do(ctx, spec); err != nil {
		return ServiceUserToken{}, err
	}
	return response.Token.token(), nil
}

// DeleteServiceUserToken deletes a revoked or expired token; for an active one it fails with ReasonTokenActive. Every
// 2xx response is success, even if its body cannot be read.
func (c *Client) DeleteServiceUserToken(ctx context.Context, id string) error {
	return c.do(ctx, call{operation: deleteServiceUserToken, args: []string{id}, out: &struct{}{}, anyBody: true})
}

// ServiceUserTokenList is every service user token of the organization.
type ServiceUserTokenList struct {
	Tokens []ServiceUserToken
	// ActiveCount and ActiveLimit are those of the whole organization. If the API says no count, ActiveCount counts the active
	// tokens in the list; if it says no limit, ActiveLimit is 0.
	ActiveCount, ActiveLimit int64
	// Counted says that the API said ActiveCount.
	Counted bool
}

type tokenPage struct {
	Tokens []tokenForm `json:"service_user_tokens"`
	pageForm
}

func (p *tokenPage) keys() []string { return p.keysWith("service_user_tokens") }

func (p *tokenPage) check() error {
	for i := range p.Tokens {
		if err := p.Tokens[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// ListServiceUserTokens reads all pages.
func (c *Client) ListServiceUserTokens(ctx context.Context) (ServiceUserTokenList, error) {
	return c.listTokens(ctx, "")
}
