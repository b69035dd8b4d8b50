package examples_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The examples that the guide calls usable on such a host work there; another one fails and says what is missing.
func TestAccVendorHost_examples(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code  int
		words []string
	}{
		"data-sources/safetyculture_caller_identity":     {0, []string{"organization_id = \"role_"}},
		"data-sources/safetyculture_permission_sets":     {0, []string{"SCIM provisioning (", "platform_management_users"}},
		"data-sources/safetyculture_service_user_tokens": {1, []string{"does not serve the token API"}},
		"data-sources/safetyculture_user_tokens":         {1, []string{"does not serve the token API"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inExample(t, name)
			acctest.VendorLike(w.Env, acctest.GatewayNotFound)
			w.Expect(c.code, "apply", "-auto-approve", "-no-color")
			acctest.ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), c.words...)
		})
	}
}
