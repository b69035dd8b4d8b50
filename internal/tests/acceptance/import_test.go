package acceptance_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// An import block by id and by name. The plan imports and changes nothing; the next one is empty.
func TestAccImport(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"id", "name"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			token, secret := e.CreateOutside("made by hand", "Reporting")
			e.Outside = nil // from now on it is managed
			id := token.ID
			if by == "name" {
				id = "name:made by hand"
			}
			reporting := e.Emulator.PermissionSetID("Reporting")
			imports := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", acctest.Address, id)
			e.Run(
				resource.TestStep{
					Config:           e.Config("%s", imports+fmt.Sprintf(narrow, "made by hand", reporting)),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Actions("no-op"), acctest.NoDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), acctest.NoDrift()}},
					Check: resource.ComposeTestCheckFunc(
						resource.TestCheckNoResourceAttr(acctest.Address, "token"), acctest.CheckAttribute("on_revoked", "rotate"), acctest.CheckAttribute("on_expired", "rotate"),
						acctest.CheckAttribute("on_destroy", "delete"), acctest.CheckAttribute("rotation_method", "replace"), acctest.CheckAttribute("status", "active"), e.CheckWrites()),
				},
				resource.TestStep{ // an edit leaves the null secret alone, and the token's secret too
					Config: e.Config(narrow, "renamed", reporting), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter()),
					Check: resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(acctest.Address, "token"), e.CheckWrites("UpdateServiceUserToken")),
				},
			)
			if e.Emulator.Accepts(secret) {
				t.Error("destroy left the token alive")
			}
		})
	}
}

// The state after terraform import is the same as after create.
func TestAccImport_command(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateId: "name:t", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateId: "nobody", ExpectError: regexp.MustCompile(`(?s)Cannot import token "nobody".*There\s+is\s+no\s+such\s+token`)},
	)
}

func TestAccImportByIdentity_command(t *testing.T) {
	t.Parallel()
	acctest.NeedsIdentity.OrSkip(t)
	e := acctest.New(t)
	token, _ := e.CreateOutside("made by hand", "Reporting")
	e.Outside = nil
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.Factories(),
		Steps: []resource.TestStep{
			{
				Config: e.Config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q, organization_id = \"role_of_another\" }\n}\n", acctest.Address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.Emulator.PermissionSetID("Reporting"))),
				ExpectError: regexp.MustCompile(`belongs\s+to\s+organization`),
			},
			{
				Config: e.Config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q }\n}\n", acctest.Address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.Emulator.PermissionSetID("Reporting"))),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{acctest.Actions("no-op"), acctest.NoDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), acctest.NoDrift()}},
			},
		},
	})
}
