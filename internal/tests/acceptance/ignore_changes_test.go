package acceptance_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestAccIgnoreChanges_ofOneGrant_isRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		grant, ignored string
		would          string
	}{
		{"permission_set_ids", "permission_set_ids", "neither"},
		{"permission_set_ids", "all_permissions", "both"},
		{"all_permissions", "all_permissions", "neither"},
		{"all_permissions", "permission_set_ids", "both"},
	} {
		t.Run(c.grant+", ignoring "+c.ignored, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			reporting := e.Emulator.PermissionSetID("Reporting")
			grant, change := fmt.Sprintf("permission_set_ids = [%q]", reporting), emulator.TokenEdit{AllPermissions: true}
			if c.grant == "all_permissions" {
				grant, change = "all_permissions = true", emulator.TokenEdit{PermissionSetIDs: []string{reporting}}
			}
			config := func(ignored string) string {
				return e.Config("resource \"safetyculture_service_user_token\" \"test\" {\n  name = \"t\"\n  %s\n  lifecycle { ignore_changes = [%s] }\n}", grant, ignored)
			}
			e.Run(
				resource.TestStep{Config: config(c.ignored)},
				resource.TestStep{
					PreConfig:   func() { e.Must(e.Emulator.EditToken(e.OnlyToken().ID, change)); e.Emulator.ForgetCalls() },
					Config:      config(c.ignored),
					ExpectError: regexp.MustCompile(`(?s)Cannot plan token "t".*set\s+` + c.would + `.*ignore_changes.*\[permission_set_ids,\s+all_permissions\]`),
				},
				resource.TestStep{Config: config("permission_set_ids, all_permissions"), ConfigPlanChecks: acctest.PreApply(plancheck.ExpectEmptyPlan()), Check: e.CheckWrites()},
				resource.TestStep{Config: config(""), Check: resource.ComposeTestCheckFunc(e.CheckWrites("UpdateServiceUserToken"), func(*terraform.State) error {
					if all := e.OnlyToken().AllPermissions; all != (c.grant == "all_permissions") {
						return fmt.Errorf("all permissions: %t", all)
					}
					return nil
				})},
			)
		})
	}
}
