package api_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"user_id":"u","organisation_id":"o","firstname":"f","lastname":"l","session":"scapi_x"}`, `{"user_id":"u","organization_id":"o","firstname":"f","lastname":"l"}`,
	} {
		if got, err := serve(t, response(200, body)).client(nil).WhoAmI(t.Context()); err != nil || got != (api.Caller{UserID: "u", OrganizationID: "o", FirstName: "f", LastName: "l"}) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := serve(t, response(200, `{"firstname":"f"}`)).client(nil).WhoAmI(t.Context()); err == nil {
		t.Error("a response without a user was accepted")
	}
}
