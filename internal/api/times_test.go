package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// One instant in each form in which the API writes it.
func TestTimesOfEveryForm(t *testing.T) {
	t.Parallel()
	second := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-04T05:06:07Z":              second,
		"2026-03-04T05:06:07.00Z":           second,
		"2026-03-04T05:06:07.12Z":           second.Add(120 * time.Millisecond),
		"2026-03-04T05:06:07.1234567Z":      second.Add(123456700),
		"2026-03-04T05:06:07.123456789Z":    second.Add(123456789),
		"2026-03-04T06:06:07+01:00":         second,
		"2026-03-03T19:36:07.0000000-09:30": second,
	} {
		body := fmt.Sprintf(`{"service_user_token":{"id":"i","status":"TOKEN_STATUS_ACTIVE","created_at":%[1]q,"issued_at":%[1]q,"last_used_at":%[1]q,"expires_at":%[1]q,"revoked_at":%[1]q}}`, text)
		token, err := serve(t, response(200, body)).client(nil).GetServiceUserToken(t.Context(), "i")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for _, got := range []time.Time{token.CreatedAt, token.IssuedAt, *token.LastUsedAt, token.ExpiresAt, *token.RevokedAt} {
			if !got.Equal(want) {
				t.Errorf("%s: got %s", text, got)
			}
		}
	}
}

// A missing field and a null field mean the same.
func TestAbsentFields(t *testing.T) {
	t.Parallel()
	for _, rest := range []string{``, `,"last_used_at":null,"revoked_at":null,"permission_set_ids":null,"created_by":null,"expires_at":null,"name":null,"all_permissions":null,"inactivity_expiry_days":null`} {
		token, err := serve(t, response(200, `{"service_user_token":{"id":"i","status":"S","issued_at":"2026-03-04T05:06:07Z"`+rest+`}}`)).client(nil).GetServiceUserToken(t.Context(), "i")
		if err != nil || token.LastUsedAt != nil || token.RevokedAt != nil || len(token.PermissionSetIDs) != 0 || token.CreatedBy != (api.Person{}) || !token.ExpiresAt.IsZero() {
			t.Errorf("%q: %+v, %v", rest, token, err)
		}
	}
}
