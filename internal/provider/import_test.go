package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// An import block, as a user writes it, by id and by name. The plan imports and changes nothing; the next one is empty.
func TestImport(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"id", "name"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, nil)
			token, secret := e.makeForeign("made by hand", "Reporting")
			e.foreign = nil // from now on it is managed
			id := token.ID
			if by == "name" {
				id = "name:made by hand"
			}
			reporting := e.em.PermissionSetID("Reporting")
			imports := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
			e.run(
				resource.TestStep{
					Config:           e.config("%s", imports+fmt.Sprintf(narrow, "made by hand", reporting)),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{actions("no-op"), noDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), noDrift()}},
					Check: resource.ComposeTestCheckFunc(
						resource.TestCheckNoResourceAttr(address, "token"), attribute("on_revoked", "rotate"), attribute("on_expired", "rotate"),
						attribute("on_destroy", "delete"), attribute("rotation_method", "replace"), attribute("status", "active"), e.changed()),
				},
				resource.TestStep{ // an edit leaves the null secret alone, and the token's secret too
					Config: e.config(narrow, "renamed", reporting), ConfigPlanChecks: before(actions("update"), unknownAfter()),
					Check: resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(address, "token"), e.changed("UpdateServiceUserToken")),
				},
			)
			if e.em.Accepts(secret) {
				t.Error("destroy left the token alive")
			}
		})
	}
}

// terraform import, and the state that it makes, compared with the one that create makes.
func TestImport_command(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(
		resource.TestStep{Config: e.config(broad, "t")},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "name:t", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "nobody", ExpectError: regexp.MustCompile(`(?s)Cannot import token "nobody".*There\s+is\s+no\s+such\s+token`)},
	)
}

func TestImport_warnsAndRefuses(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	active, _ := e.makeForeign("one")
	dead, _ := e.makeForeign("dead")
	e.must(e.em.RevokeToken(dead.ID))
	first, _ := e.makeForeign("twice")
	second, _ := e.makeForeign("twice")
	again, _ := e.makeForeign("again")
	e.must(e.em.RevokeToken(again.ID))
	living, _ := e.makeForeign("again")
	c := e.newCore(nil)
	in, diags := c.importState(t.Context(), active.ID)
	c.clean(diags)
	mentions(t, warningsOf(diags), "A token is imported without its secret", `the state of "one"`, "null", "precondition")
	if in.text("token") != "" {
		t.Error("the secret came from somewhere")
	}
	// One active token of a name is meant, whatever inactive ones there are.
	if in, diags := c.importState(t.Context(), "name:again"); errorsOf(diags) != "" || in.text("id") != living.ID {
		t.Errorf("by name: %s", errorsOf(diags))
	}
	for id, want := range map[string][]string{
		"":               {"Invalid import id", "name:"},
		"name:":          {"Invalid import id"},
		"name:dead":      {"not active", "revoked", "Regenerate it"},
		dead.ID:          {"not active", "revoked"},
		"name:twice":     {`2 tokens are named "twice"`, first.ID, second.ID},
		"name:nobody":    {"There is no such token"},
		"../user_tokens": {"There is no such token"},
	} {
		_, diags := c.importState(t.Context(), id)
		mentions(t, errorsOf(diags), want...)
	}
	e.expectChanges()
}

// What the guides say of an import: the CLI can write its configuration, and the guard of a hand-over stops a null secret.
func TestBinary_importAndHandOver(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.makeForeign("power-bi-export", "Reporting")
	w.write("main.tf", fmt.Sprintf("import {\n  to = %s\n  id = \"name:power-bi-export\"\n}\n", address))
	w.expect(0, "plan", "-generate-config-out=imported.tf")
	mentions(t, w.expect(0, "plan", "-no-color"), "1 to import, 0 to add, 0 to change, 0 to destroy")
	w.write("handover.tf", fmt.Sprintf(`resource "terraform_data" "store" {
  input = sha256(jsonencode({ token = %[1]s.token }))
  lifecycle {
    precondition {
      condition     = %[1]s.token != null
      error_message = "The token was imported, so its secret is not known. Rotate it first."
    }
  }
}`, address))
	w.expect(1, "plan")
	mentions(t, w.output.String(), "its secret is not known")
	w.expect(1, "apply", "-auto-approve")
	w.expectChanges()
	w.expect(0, "apply", "-auto-approve", "-replace="+address)
	w.expect(0, "plan", "-detailed-exitcode")
	w.expectChanges("RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken")
}
