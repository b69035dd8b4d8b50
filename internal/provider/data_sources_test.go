package provider_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// is a check of one attribute of data.TYPE.x.
func is(dataType, name, value string) resource.TestCheckFunc {
	return resource.TestCheckResourceAttr("data.safetyculture_"+dataType+".x", name, value)
}

// reading is a configuration with one data source x.
func (e *environment) reading(dataType, arguments string) string {
	return e.config("data \"safetyculture_%s\" \"x\" {\n  %s\n}\n", dataType, arguments)
}

// refused is a step whose reading fails with these words.
func (e *environment) refused(dataType, arguments, words string) resource.TestStep {
	return resource.TestStep{Config: e.reading(dataType, arguments), ExpectError: regexp.MustCompile(`(?s)` + words)}
}

func TestTokenDataSource(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	one, _ := e.makeForeign("one", "Reporting")
	old, _ := e.makeForeign("again")
	e.must(e.em.RevokeToken(old.ID))
	living, _ := e.makeForeign("again")
	dead, _ := e.makeForeign("dead")
	e.must(e.em.RevokeToken(dead.ID))
	first, _ := e.makeForeign("twice")
	second, _ := e.makeForeign("twice")
	e.run(
		e.refused("service_user_token", `name = "twice"`, `Cannot read token named "twice".*2\s+tokens\s+are\s+named.*`+either(first.ID, second.ID)),
		e.refused("service_user_token", `name = "nobody"`, `Cannot read token named "nobody".*There\s+is\s+no\s+such\s+token`),
		e.refused("service_user_token", `id = "6f3c"`, `Cannot read token "6f3c".*There\s+is\s+no\s+such\s+token`),
		e.refused("service_user_token", ``, `one \(and only one\) of \[id,name\]|[Ee]xactly\s+one`),
		e.refused("service_user_token", `id = "a"
  name = "b"`, `[Ee]xactly\s+one|only one`),
		resource.TestStep{Config: e.reading("service_user_token", fmt.Sprintf("id = %q", one.ID)), Check: resource.ComposeTestCheckFunc(
			is("service_user_token", "name", "one"), is("service_user_token", "status", "active"), is("service_user_token", "all_permissions", "false"),
			is("service_user_token", "permission_set_ids.#", "1"), is("service_user_token", "permission_set_ids.0", e.em.PermissionSetID("Reporting")),
			is("service_user_token", "inactivity_expiry_days", "45"), is("service_user_token", "service_user_id", one.ServiceUserID),
			resource.TestMatchResourceAttr("data.safetyculture_service_user_token.x", "expires_at", regexp.MustCompile(`^2026-04-15T`)),
			resource.TestCheckNoResourceAttr("data.safetyculture_service_user_token.x", "last_used_at"),
			resource.TestCheckNoResourceAttr("data.safetyculture_service_user_token.x", "token"),
		)},
		resource.TestStep{Config: e.reading("service_user_token", `name = "again"`), Check: is("service_user_token", "id", living.ID)},
		resource.TestStep{Config: e.reading("service_user_token", `name = "dead"`), Check: resource.ComposeTestCheckFunc(
			is("service_user_token", "id", dead.ID), is("service_user_token", "status", "revoked"))},
	)
	e.expectChanges()
}

// either accepts two texts in both orders.
func either(a, b string) string { return fmt.Sprintf("(%s.*%s|%s.*%s)", a, b, b, a) }

// A token that this run makes is found by its name in the same run.
func TestTokenDataSource_seesWhatTheRunHasMade(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(resource.TestStep{
		Config: e.config(broad+`
data "safetyculture_service_user_token" "x" {
  id = `+address+`.id
}`, "t"),
		Check: resource.ComposeTestCheckFunc(is("service_user_token", "name", "t"), func(*terraform.State) error {
			if calls := e.em.CallsOf("ListServiceUserTokens"); len(calls) > 2 {
				return fmt.Errorf("%d lists in a plan and an apply", len(calls))
			}
			return nil
		}),
	})
}

func TestUserTokensDataSource(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	personID, personBearer := e.em.AddPerson()
	e.run(
		e.refused("user_tokens", `user_id = ""`, `user_id`),
		resource.TestStep{
			Config:      e.configAs(personBearer, "", "data \"safetyculture_user_tokens\" \"x\" {\n  user_id = %q\n}", e.em.CallerID()),
			ExpectError: regexp.MustCompile(`(?s)Cannot list the user tokens.*Platform\s+management:\s+Organization`),
		},
		resource.TestStep{Config: e.reading("user_tokens", ""), Check: resource.ComposeTestCheckFunc(
			is("user_tokens", "user_id", e.em.CallerID()), is("user_tokens", "tokens.#", "3"), is("user_tokens", "active_limit", "10"),
			is("user_tokens", "tokens.0.name", "personal 1"), is("user_tokens", "tokens.0.status", "active"), is("user_tokens", "tokens.0.user_id", e.em.CallerID()),
			is("user_tokens", "tokens.2.name", "personal 3"), is("user_tokens", "tokens.2.status", "expired"), is("user_tokens", "active_count", "2"),
			resource.TestMatchResourceAttr("data.safetyculture_user_tokens.x", "tokens.0.expires_at", regexp.MustCompile(`^2026-03-31T`)),
			resource.TestCheckNoResourceAttr("data.safetyculture_user_tokens.x", "tokens.0.last_used_at"), e.changed(),
		)},
		resource.TestStep{Config: e.reading("user_tokens", fmt.Sprintf("user_id = %q", personID)), Check: resource.ComposeTestCheckFunc(
			is("user_tokens", "user_id", personID), is("user_tokens", "tokens.#", "0"), is("user_tokens", "active_count", "0"))},
	)
}

// All three shapes that clients were seen to expect are read alike.
func TestPermissionSetDataSources(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]emulator.PermissionSetShape{"nested": emulator.ShapeNested, "identifier": emulator.ShapeIdentifier, "flat": emulator.ShapeFlat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, func(o *emulator.Options) { o.PermissionSetShape = shape })
			scim := e.em.PermissionSetID("SCIM provisioning")
			first, second := e.em.AddPermissionSet("Twice", "a"), e.em.AddPermissionSet("Twice")
			e.run(
				e.refused("permission_set", `name = "SCIM"`, `Cannot read permission set named "SCIM".*There\s+is\s+no\s+such\s+permission\s+set`),
				e.refused("permission_set", fmt.Sprintf("id = %q", first[:35]+"x"), `There\s+is\s+no\s+such\s+permission\s+set`),
				e.refused("permission_set", `name = "Twice"`, `2\s+permission\s+sets\s+are\s+named.*`+either(first, second)),
				e.refused("permission_set", ``, `[Ee]xactly\s+one|only one`),
				resource.TestStep{Config: e.reading("permission_sets", ""), Check: resource.ComposeTestCheckFunc(
					is("permission_sets", "permission_sets.#", "7"), is("permission_sets", "permission_sets.0.name", "Inspections read only"),
					is("permission_sets", "permission_sets.3.id", scim), is("permission_sets", "permission_sets.3.name", "SCIM provisioning"),
					is("permission_sets", "permission_sets.3.permissions.#", "2"), is("permission_sets", "permission_sets.3.permissions.0", emulator.PermissionGroups),
					is("permission_sets", "permission_sets.3.description", "What SCIM provisioning needs"), is("permission_sets", "permission_sets.3.type", "CUSTOM"),
					resource.TestMatchResourceAttr("data.safetyculture_permission_sets.x", "permission_sets.3.modified_at", regexp.MustCompile(`^2026-03-01T12:00:00`)),
					is("permission_sets", "permission_sets.4.name", "Twice"), e.changed())},
				resource.TestStep{Config: e.reading("permission_sets", `search = "scim"`), Check: resource.ComposeTestCheckFunc(
					is("permission_sets", "permission_sets.#", "1"), is("permission_sets", "permission_sets.0.id", scim))},
				resource.TestStep{Config: e.reading("permission_set", `name = "SCIM provisioning"`), Check: resource.ComposeTestCheckFunc(
					is("permission_set", "id", scim), is("permission_set", "permissions.#", "2"))},
				resource.TestStep{Config: e.reading("permission_set", fmt.Sprintf("id = %q", scim)), Check: resource.ComposeTestCheckFunc(
					is("permission_set", "name", "SCIM provisioning"), is("permission_set", "permissions.1", emulator.PermissionUsers))},
			)
			e.expectChanges()
		})
	}
}

// The list in which names are looked for fails once for all names of a run.
func TestPermissionSets_failedListIsOneError(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.em.Fail(emulator.Fault{Operation: "ListPermissionSets", Status: 403})
	c := e.newCore(nil)
	_, first := c.readData("safetyculture_permission_set", values{"name": "Reporting"})
	_, second := c.readData("safetyculture_permission_set", values{"name": "Users only"})
	mentions(t, errorsOf(first), "Platform management: Organization")
	mentions(t, errorsOf(second), `named "Users only"`, "Same cause as another error in this run: ListPermissionSets: the server answered 403")
	if n := len(e.em.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// More permission sets than fit on a page, and one list for all names of a run.
func TestPermissionSetDataSources_pages(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	for i := range 140 {
		e.em.AddPermissionSet(fmt.Sprintf("Site %03d", i), "sites_read")
	}
	c := e.newCore(nil)
	for i := range 140 {
		set, diags := c.readData("safetyculture_permission_set", values{"name": fmt.Sprintf("Site %03d", i)})
		c.clean(diags)
		if id := (instance{state: set}).text("id"); id == "" {
			t.Fatalf("Site %03d has no id", i)
		}
	}
	all, diags := c.readData("safetyculture_permission_sets", values{})
	c.clean(diags)
	var sets []tftypes.Value
	e.must(attributeOf(all, "permission_sets").As(&sets))
	if calls := len(e.em.CallsOf("ListPermissionSets")); len(sets) != 145 || calls != 2 {
		t.Errorf("%d sets in %d calls, want 145 in 2", len(sets), calls)
	}
}

// readData reads a data source.
func (c *core) readData(typeName string, config values) (tftypes.Value, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	schemas, err := c.server.GetProviderSchema(c.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	kind := schemas.DataSourceSchemas[typeName].ValueType().(tftypes.Object)
	resp, err := c.server.ReadDataSource(c.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: dynamic(c.t, kind, object(kind, config))})
	c.must(err)
	if errorsOf(resp.Diagnostics) != "" {
		return tftypes.NewValue(kind, nil), resp.Diagnostics
	}
	state, err := resp.State.Unmarshal(kind)
	c.must(err)
	return state, resp.Diagnostics
}

func TestCallerIdentityDataSource(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, secret := e.makeForeign("integration", "Reporting")
	e.run(
		resource.TestStep{
			Config:      e.configAs("wrong", "", `data "safetyculture_caller_identity" "x" {}`),
			ExpectError: regexp.MustCompile(`(?s)Cannot read the caller's identity.*does\s+not\s+accept\s+the\s+provider's\s+token`),
		},
		resource.TestStep{Config: e.reading("caller_identity", ""), Check: resource.ComposeTestCheckFunc(
			is("caller_identity", "user_id", e.em.CallerID()), is("caller_identity", "organization_id", e.em.OrganizationID()),
			is("caller_identity", "first_name", "Alex"), is("caller_identity", "last_name", "Example"))},
		resource.TestStep{Config: e.configAs(secret, "", `data "safetyculture_caller_identity" "x" {}`), Check: is("caller_identity", "user_id", token.ServiceUserID)},
	)
	if used, _ := e.em.Token(token.ID); used.LastUsedAt == nil {
		t.Error("asking who one is does not count as use")
	}
}
