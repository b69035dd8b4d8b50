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
			e := New(t, nil)
			token, secret := e.CreateOutside("made by hand", "Reporting")
			e.Outside = nil // from now on it is managed
			id := token.ID
			if by == "name" {
				id = "name:made by hand"
			}
			reporting := e.Emulator.PermissionSetID("Reporting")
			imports := fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", Address, id)
			e.Run(
				resource.TestStep{
					Config:           e.Config("%s", imports+fmt.Sprintf(narrow, "made by hand", reporting)),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{Actions("no-op"), NoDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), NoDrift()}},
					Check: resource.ComposeTestCheckFunc(
						resource.TestCheckNoResourceAttr(Address, "token"), CheckAttribute("on_revoked", "rotate"), CheckAttribute("on_expired", "rotate"),
						CheckAttribute("on_destroy", "delete"), CheckAttribute("rotation_method", "replace"), CheckAttribute("status", "active"), e.CheckWrites()),
				},
				resource.TestStep{ // an edit leaves the null secret alone, and the token's secret too
					Config: e.Config(narrow, "renamed", reporting), ConfigPlanChecks: PreApply(Actions("update"), UnknownAfter()),
					Check: resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(Address, "token"), e.CheckWrites("UpdateServiceUserToken")),
				},
			)
			if e.Emulator.Accepts(secret) {
				t.Error("destroy left the token alive")
			}
		})
	}
}

// terraform import, and the state that it makes, compared with the one that create makes.
func TestImport_command(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{ResourceName: Address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: Address, ImportState: true, ImportStateId: "name:t", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: Address, ImportState: true, ImportStateId: "nobody", ExpectError: regexp.MustCompile(`(?s)Cannot import token "nobody".*There\s+is\s+no\s+such\s+token`)},
	)
}

func TestImport_warnsAndRefuses(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	active, _ := e.CreateOutside("one")
	dead, _ := e.CreateOutside("dead")
	e.Must(e.Emulator.RevokeToken(dead.ID))
	first, _ := e.CreateOutside("twice")
	second, _ := e.CreateOutside("twice")
	again, _ := e.CreateOutside("again")
	e.Must(e.Emulator.RevokeToken(again.ID))
	living, _ := e.CreateOutside("again")
	c := e.NewProvider(nil)
	in, diags := c.Import(t.Context(), active.ID)
	c.NoErrors(diags)
	ExpectContains(t, Warnings(diags), `Token "one" is imported without its secret`, "null", "precondition")
	if in.Text("token") != "" {
		t.Error("the secret came from somewhere")
	}
	// One active token of a name is meant, whatever inactive ones there are.
	if in, diags := c.Import(t.Context(), "name:again"); Errors(diags) != "" || in.Text("id") != living.ID {
		t.Errorf("by name: %s", Errors(diags))
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
		_, diags := c.Import(t.Context(), id)
		ExpectContains(t, Errors(diags), want...)
	}
	e.ExpectWrites()
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	token, _ := e.CreateOutside("one")
	dead, _ := e.CreateOutside("dead")
	e.Must(e.Emulator.RevokeToken(dead.ID))
	c := e.NewProvider(nil)
	for _, organization := range []string{"", e.Emulator.OrganizationID()} {
		in, diags := c.ImportByIdentity(token.ID, organization)
		c.NoErrors(diags)
		ExpectContains(t, Warnings(diags), `Token "one" is imported without its secret`)
		if id, in := c.IdentityOf(in.Identity); id != token.ID || in != e.Emulator.OrganizationID() {
			t.Errorf("identity %s in %s", id, in)
		}
	}
	for _, tt := range []struct {
		id, organization string
		want             []string
	}{
		{token.ID, "role_of_another", []string{"belongs to organization " + e.Emulator.OrganizationID(), "not to role_of_another"}},
		{dead.ID, "", []string{"not active", "revoked"}},
		{"nobody", "", []string{"There is no such token"}},
		{"", "", []string{"Invalid import id"}},
	} {
		_, diags := c.ImportByIdentity(tt.id, tt.organization)
		ExpectContains(t, Errors(diags), tt.want...)
	}
	e.ExpectWrites()
}

func TestImportByIdentity_command(t *testing.T) {
	t.Parallel()
	NeedsIdentity.OrSkip(t)
	e := New(t, nil)
	token, _ := e.CreateOutside("made by hand", "Reporting")
	e.Outside = nil
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.Factories(),
		Steps: []resource.TestStep{
			{
				Config: e.Config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q, organization_id = \"role_of_another\" }\n}\n", Address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.Emulator.PermissionSetID("Reporting"))),
				ExpectError: regexp.MustCompile(`belongs\s+to\s+organization`),
			},
			{
				Config: e.Config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q }\n}\n", Address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.Emulator.PermissionSetID("Reporting"))),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{Actions("no-op"), NoDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), NoDrift()}},
			},
		},
	})
}
