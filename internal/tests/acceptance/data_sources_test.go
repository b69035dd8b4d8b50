package acceptance_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// is returns a check of one attribute of data.TYPE.x.
func is(dataType, name, value string) resource.TestCheckFunc {
	return resource.TestCheckResourceAttr("data.safetyculture_"+dataType+".x", name, value)
}

// reading is a configuration with one data source x.
func reading(e *acctest.Env, dataType, arguments string) string {
	return e.Config("data \"safetyculture_%s\" \"x\" {\n  %s\n}\n", dataType, arguments)
}

// refused is a step whose reading fails with these words.
func refused(e *acctest.Env, dataType, arguments, words string) resource.TestStep {
	return resource.TestStep{Config: reading(e, dataType, arguments), ExpectError: regexp.MustCompile(`(?s)` + words)}
}

func TestAccTokenDataSource(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	one, _ := e.CreateOutside("one", "Reporting")
	old, _ := e.CreateOutside("again")
	e.Must(e.Emulator.RevokeToken(old.ID))
	living, _ := e.CreateOutside("again")
	dead, _ := e.CreateOutside("dead")
	e.Must(e.Emulator.RevokeToken(dead.ID))
	first, _ := e.CreateOutside("twice")
	second, _ := e.CreateOutside("twice")
	e.Run(
		refused(e, "service_user_token", `name = "twice"`, `Cannot read token named "twice".*2\s+tokens\s+are\s+named.*`+either(first.ID, second.ID)),
		refused(e, "service_user_token", `name = "nobody"`, `Cannot read token named "nobody".*There\s+is\s+no\s+such\s+token`),
		refused(e, "service_user_token", `id = "6f3c"`, `Cannot read token "6f3c".*There\s+is\s+no\s+such\s+token`),
		refused(e, "service_user_token", ``, `one \(and only one\) of \[id,name\]|[Ee]xactly\s+one`),
		refused(e, "service_user_token", `id = "a"
  name = "b"`, `[Ee]xactly\s+one|only one`),
		resource.TestStep{Config: reading(e, "service_user_token", fmt.Sprintf("id = %q", one.ID)), Check: resource.ComposeTestCheckFunc(
			is("service_user_token", "name", "one"), is("service_user_token", "status", "active"), is("service_user_token", "all_permissions", "false"),
			is("service_user_token", "permission_set_ids.#", "1"), is("service_user_token", "permission_set_ids.0", e.Emulator.PermissionSetID("Reporting")),
			is("service_user_token", "inactivity_expiry_days", "45"), is("service_user_token", "service_user_id", one.ServiceUserID),
			resource.TestMatchResourceAttr("data.safetyculture_service_user_token.x", "expires_at", regexp.MustCompile(`^2026-04-15T`)),
			resource.TestCheckNoResourceAttr("data.safetyculture_service_user_token.x", "last_used_at"),
			resource.TestCheckNoResourceAttr("data.safetyculture_service_user_token.x", "token"),
		)},
		resource.TestStep{Config: reading(e, "service_user_token", `name = "again"`), Check: is("service_user_token", "id", living.ID)},
		resource.TestStep{Config: reading(e, "service_user_token", `name = "dead"`), Check: resource.ComposeTestCheckFunc(
			is("service_user_token", "id", dead.ID), is("service_user_token", "status", "revoked"))},
	)
	e.ExpectWrites()
}

// either accepts two texts in both orders.
func either(a, b string) string { return fmt.Sprintf("(%s.*%s|%s.*%s)", a, b, b, a) }

// A token that a run creates is found by its name in the same run.
func TestAccTokenDataSource_seesWhatTheRunHasMade(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(resource.TestStep{
		Config: e.Config(broad+`
data "safetyculture_service_user_token" "x" {
  id = `+acctest.Address+`.id
}`, "t"),
		Check: resource.ComposeTestCheckFunc(is("service_user_token", "name", "t"), func(*terraform.State) error {
			if calls := e.Emulator.CallsOf("ListServiceUserTokens"); len(calls) > 2 {
				return fmt.Errorf("%d lists in a plan and an apply", len(calls))
			}
			return nil
		}),
	})
}

func TestAccUserTokensDataSource(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	personID, personBearer := e.Emulator.AddPerson()
	e.Run(
		refused(e, "user_tokens", `user_id = ""`, `user_id`),
		resource.TestStep{
			Config:      e.ConfigAs(personBearer, "", "data \"safetyculture_user_tokens\" \"x\" {\n  user_id = %q\n}", e.Emulator.CallerID()),
			ExpectError: regexp.MustCompile(`(?s)Cannot list the user tokens.*Platform\s+management:\s+Organization`),
		},
		resource.TestStep{Config: reading(e, "user_tokens", ""), Check: resource.ComposeTestCheckFunc(
			is("user_tokens", "user_id", e.Emulator.CallerID()), is("user_tokens", "tokens.#", "3"), is("user_tokens", "active_limit", "10"),
			is("user_tokens", "tokens.0.name", "personal 1"), is("user_tokens", "tokens.0.status", "active"), is("user_tokens", "tokens.0.user_id", e.Emulator.CallerID()),
			is("user_tokens", "tokens.2.name", "personal 3"), is("user_tokens", "tokens.2.status", "expired"), is("user_tokens", "active_count", "2"),
			resource.TestMatchResourceAttr("data.safetyculture_user_tokens.x", "tokens.0.expires_at", regexp.MustCompile(`^2026-03-31T`)),
			resource.TestCheckNoResourceAttr("data.safetyculture_user_tokens.x", "tokens.0.last_used_at"), e.CheckWrites(),
		)},
		resource.TestStep{Config: reading(e, "user_tokens", fmt.Sprintf("user_id = %q", personID)), Check: resource.ComposeTestCheckFunc(
			is("user_tokens", "user_id", personID), is("user_tokens", "tokens.#", "0"), is("user_tokens", "active_count", "0"))},
	)
}

// The data sources read all three shapes of permission sets that clients were seen to expect.
func TestAccPermissionSetDataSources(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]emulator.PermissionSetShape{"nested": emulator.ShapeNested, "identifier": emulator.ShapeIdentifier, "flat": emulator.ShapeFlat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t, func(o *emulator.Options) { o.PermissionSetShape = shape })
			scim := e.Emulator.PermissionSetID("SCIM provisioning")
			first, second := e.Emulator.AddPermissionSet("Twice", "a"), e.Emulator.AddPermissionSet("Twice")
			e.Run(
				refused(e, "permission_set", `name = "SCIM"`, `Cannot read permission set named "SCIM".*There\s+is\s+no\s+such\s+permission\s+set`),
				refused(e, "permission_set", fmt.Sprintf("id = %q", first[:35]+"x"), `There\s+is\s+no\s+such\s+permission\s+set`),
				refused(e, "permission_set", `name = "Twice"`, `2\s+permission\s+sets\s+are\s+named.*`+either(first, second)),
				refused(e, "permission_set", ``, `[Ee]xactly\s+one|only one`),
				resource.TestStep{Config: e.Config(`data "safetyculture_permission_sets" "x" {}
data "safetyculture_permission_sets" "found" { search = "scim" }
data "safetyculture_permission_set" "named" { name = "SCIM provisioning" }
data "safetyculture_permission_set" "x" { id = %q }`, scim), Check: resource.ComposeTestCheckFunc(
					is("permission_sets", "permission_sets.#", "7"), is("permission_sets", "permission_sets.0.name", "Inspections read only"),
					is("permission_sets", "permission_sets.3.id", scim), is("permission_sets", "permission_sets.3.name", "SCIM provisioning"),
					is("permission_sets", "permission_sets.3.permissions.#", "2"), is("permission_sets", "permission_sets.3.permissions.0", emulator.PermissionGroups),
					is("permission_sets", "permission_sets.3.description", "What SCIM provisioning needs"), is("permission_sets", "permission_sets.3.type", "CUSTOM"),
					resource.TestMatchResourceAttr("data.safetyculture_permission_sets.x", "permission_sets.3.modified_at", regexp.MustCompile(`^2026-03-01T12:00:00`)),
					is("permission_sets", "permission_sets.4.name", "Twice"), e.CheckWrites(),
					resource.TestCheckResourceAttr("data.safetyculture_permission_sets.found", "permission_sets.#", "1"),
					resource.TestCheckResourceAttr("data.safetyculture_permission_sets.found", "permission_sets.0.id", scim),
					resource.TestCheckResourceAttr("data.safetyculture_permission_set.named", "id", scim),
					resource.TestCheckResourceAttr("data.safetyculture_permission_set.named", "permissions.#", "2"),
					is("permission_set", "name", "SCIM provisioning"), is("permission_set", "permissions.1", emulator.PermissionUsers))},
			)
			e.ExpectWrites()
		})
	}
}

func TestAccCallerIdentityDataSource(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, secret := e.CreateOutside("integration", "Reporting")
	e.Run(
		resource.TestStep{
			Config:      e.ConfigAs("wrong", "", `data "safetyculture_caller_identity" "x" {}`),
			ExpectError: regexp.MustCompile(`(?s)Cannot read the caller's identity.*does\s+not\s+accept\s+the\s+provider's\s+token`),
		},
		resource.TestStep{Config: reading(e, "caller_identity", ""), Check: resource.ComposeTestCheckFunc(
			is("caller_identity", "user_id", e.Emulator.CallerID()), is("caller_identity", "organization_id", e.Emulator.OrganizationID()),
			is("caller_identity", "first_name", "Alex"), is("caller_identity", "last_name", "Example"))},
		resource.TestStep{Config: e.ConfigAs(secret, "", `data "safetyculture_caller_identity" "x" {}`), Check: is("caller_identity", "user_id", token.ServiceUserID)},
	)
	if used, _ := e.Emulator.Token(token.ID); used.LastUsedAt == nil {
		t.Error("asking who one is does not count as use")
	}
}
