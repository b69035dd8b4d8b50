package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// A secret that the API returned is masked from then on, even if it does not look like a secret.
func TestSeenSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_token":`+tokenJSON+`,"secret":"opaque-and-new"}`), response(400, `{"code":3,"message":"opaque-and-new is no id"}`))
	c := s.client(nil)
	if _, _, err := c.CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.GetServiceUserToken(t.Context(), "opaque-and-new")
	if err == nil || strings.Contains(err.Error(), "opaque") || !strings.Contains(err.Error(), "(redacted) is no id") || strings.Contains(fmt.Sprintf("%+v", s.logs), "opaque") {
		t.Errorf("%v, %+v", err, s.logs)
	}
}

// Nothing that is logged holds a secret, a body or a query.
func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := serve(t, goodSecret)
	c := s.client(nil)
	_, _, err := c.CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "scapi_in-the-name"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = c.GetServiceUserToken(t.Context(), "scapi_as-an-id")
	text := fmt.Sprintf("%+v", s.logs)
	if len(s.logs) != 2 || strings.Contains(text, "scapi_") || !strings.Contains(text, "/tokens/v1/service_user_tokens") {
		t.Errorf("%s", text)
	}
}
