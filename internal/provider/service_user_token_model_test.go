package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Read of a thousand tokens.
func BenchmarkObserve(b *testing.B) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 123456700, time.UTC)
	models, found := make([]serviceUserTokenModel, 1000), make([]api.ServiceUserToken, 1000)
	for i := range found {
		found[i] = api.ServiceUserToken{
			ID: fmt.Sprint("t", i), Name: fmt.Sprint("integration-", i), ServiceUserID: fmt.Sprint("user_", i), Status: api.StatusActive,
			InactivityExpiryDays: 45, PermissionSetIDs: []string{"b", "a"}, CreatedAt: now, IssuedAt: now, ExpiresAt: now.AddDate(0, 0, 45),
		}
		models[i].adopt(found[i], "role_1", now)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range models {
			models[i].observe(found[i], "role_1", now)
		}
	}
}
