package main

import (
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// serviceUserToken is a token exactly as the contract writes it. The provider's client reads other forms too, so it cannot
// check a server.
type serviceUserToken struct {
	ID                   string     `json:"id"`
	Name                 string     `json:"name"`
	ServiceUserID        string     `json:"service_user_id"`
	Status               api.Status `json:"status"`
	InactivityExpiryDays int64      `json:"inactivity_expiry_days"`
	AllPermissions       bool       `json:"all_permissions"`
	PermissionSetIDs     []string   `json:"permission_set_ids"`
	CreatedAt            time.Time  `json:"created_at"`
	IssuedAt             time.Time  `json:"issued_at"`
	LastUsedAt           *time.Time `json:"last_used_at"`
	ExpiresAt            time.Time  `json:"expires_at"`
	RevokedAt            *time.Time `json:"revoked_at"`
}

// Active reports whether the token's secret is accepted.
func (t serviceUserToken) Active() bool { return t.Status == api.StatusActive }
