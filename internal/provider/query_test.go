package provider_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// query runs a list block, as terraform query does.
func (c *core) query(config values, includeResource bool, limit int64) []tfprotov6.ListResourceResult {
	c.t.Helper()
	server := c.server.(tfprotov6.ListResourceServer)
	schemas, err := c.server.GetProviderSchema(c.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	kind := schemas.ListResourceSchemas[resourceType].ValueType().(tftypes.Object)
	block := dynamic(c.t, kind, object(kind, config))
	checked, err := server.ValidateListResourceConfig(c.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: resourceType, Config: block})
	c.must(err)
	if errorsOf(checked.Diagnostics) != "" {
		return []tfprotov6.ListResourceResult{{Diagnostics: checked.Diagnostics}}
	}
	stream, err := server.ListResource(c.t.Context(), &tfprotov6.ListResourceRequest{TypeName: resourceType, Config: block, IncludeResource: includeResource, Limit: limit})
	c.must(err)
	return slices.Collect(stream.Results)
}

// identityOf reads an identity's two attributes.
func (c *core) identityOf(data *tfprotov6.ResourceIdentityData) (id, organizationID string) {
	c.t.Helper()
	value, err := data.IdentityData.Unmarshal(identityType)
	c.must(err)
	in := instance{state: value}
	return in.text("id"), in.text("organization_id")
}

var identityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "organization_id": tftypes.String}}

// importByIdentity imports as an import block with an identity does. An empty organization is left out.
func (c *core) importByIdentity(id, organizationID string) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	attributes := values{"id": id}
	if organizationID != "" {
		attributes["organization_id"] = organizationID
	}
	return c.importWith(c.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: resourceType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: dynamic(c.t, identityType, object(identityType, attributes))},
	})
}

func names(results []tfprotov6.ListResourceResult) []string {
	found := []string{}
	for _, r := range results {
		found = append(found, r.DisplayName+errorsOf(r.Diagnostics))
	}
	return found
}

func TestQuery_filters(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.makeForeign("ci old", "Reporting")
	e.makeForeign("hr unused", "SCIM provisioning")
	gone, _ := e.makeForeign("ci gone")
	e.clock.Advance(40 * day)
	e.must(e.em.RevokeToken(gone.ID))
	used, _ := e.makeForeign("ci used")
	e.must(e.em.UseToken(used.ID))
	c := e.newCore(nil)
	for _, tt := range []struct {
		config values
		limit  int64
		want   []string
	}{
		{nil, 100, []string{"ci old", "ci used", "hr unused"}},
		{nil, 2, []string{"ci old", "ci used"}},
		{values{"statuses": []string{"revoked", "expired"}}, 100, []string{"ci gone"}},
		{values{"statuses": []string{"active", "revoked"}, "name_regex": "^ci "}, 100, []string{"ci gone", "ci old", "ci used"}},
		{values{"permission_set_id": e.em.PermissionSetID("Reporting")}, 100, []string{"ci old"}},
		{values{"unused_for_days": 40}, 100, []string{"ci old", "hr unused"}},
		{values{"expires_within_days": 5, "name_regex": "^hr"}, 100, []string{"hr unused"}},
		{values{"name_regex": "nobody"}, 100, []string{}},
	} {
		if got := names(c.query(tt.config, false, tt.limit)); !slices.Equal(got, tt.want) {
			t.Errorf("%v, at most %d: %q, want %q", tt.config, tt.limit, got, tt.want)
		}
	}
	for words, config := range map[string]values{"name_regex": {"name_regex": "("}, "statuses": {"statuses": []string{"dead"}}, "unused_for_days": {"unused_for_days": -1}} {
		mentions(t, names(c.query(config, false, 100))[0], words)
	}
	if lists := len(e.em.CallsOf("ListServiceUserTokens")); lists != 1 {
		t.Errorf("%d lists, want 1", lists)
	}
	e.expectChanges()
}

// More tokens than fit on a page, under an organization that has more than its limit of inactive ones.
func TestQuery_pages(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	for i := range 120 {
		token, _ := e.makeForeign(fmt.Sprintf("old %03d", i))
		e.must(e.em.RevokeToken(token.ID))
	}
	c := e.newCore(nil)
	found := c.query(values{"statuses": []string{"revoked"}}, false, 1000)
	if len(found) != 120 || found[0].DisplayName != "old 000" || found[119].DisplayName != "old 119" {
		t.Errorf("%d found", len(found))
	}
}

// The error of a list that fails is one result, and says what a data source would say.
func TestQuery_fails(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c, _ := e.tryCore(t, values{"api_token": "wrong"})
	results := c.query(nil, true, 100)
	if len(results) != 1 {
		t.Fatalf("%d results", len(results))
	}
	mentions(t, errorsOf(results[0].Diagnostics), "Cannot list the service user tokens", "does not accept the provider's token")
}

// The round trip: what a query finds, written as configuration and imported by identity, plans nothing.
func TestQuery_generatedConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.makeForeign("broad")
	e.makeForeign("narrow", "Reporting", "Users only")
	expiry := 180
	long, _ := e.makeForeign("long")
	e.must(e.em.EditToken(long.ID, emulator.TokenEdit{InactivityExpiryDays: &expiry}))
	c := e.newCore(nil)
	found := c.query(nil, true, 100)
	if len(found) != 3 {
		t.Fatalf("%d found", len(found))
	}
	for _, result := range found {
		c.clean(result.Diagnostics)
		id, organization := c.identityOf(result.Identity)
		if organization != e.em.OrganizationID() {
			t.Errorf("organization %s", organization)
		}
		listed := instance{state: c.value(result.Resource)}
		imported, diags := c.importByIdentity(id, organization)
		c.clean(diags)
		if !listed.state.Equal(imported.state) {
			t.Errorf("%s: listed and imported differ:\n%s\n%s", result.DisplayName, listed.state, imported.state)
		}
		if p := c.plan(imported, c.generated(listed.state)); errorsOf(p.diags) != "" || p.changes() {
			t.Errorf("%s: the generated configuration plans a change: %s\n%s", result.DisplayName, errorsOf(p.diags), p.value)
		}
		if listed.text("token") != "" {
			t.Error("a query shows a secret")
		}
	}
	e.expectChanges()
}

// generated is the configuration that Terraform writes for a state: whatever can be configured, and is not null.
func (c *core) generated(state tftypes.Value) values {
	config := values{}
	for _, a := range c.schema.Block.Attributes {
		if value := attributeOf(state, a.Name); (a.Required || a.Optional) && !value.IsNull() {
			config[a.Name] = value
		}
	}
	return config
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("one")
	dead, _ := e.makeForeign("dead")
	e.must(e.em.RevokeToken(dead.ID))
	c := e.newCore(nil)
	for _, organization := range []string{"", e.em.OrganizationID()} {
		c := e.newCore(nil) // a run each: a run imports a token once
		in, diags := c.importByIdentity(token.ID, organization)
		c.clean(diags)
		mentions(t, warningsOf(diags), "A token is imported without its secret", `the state of "one"`)
		if id, in := c.identityOf(in.identity); id != token.ID || in != e.em.OrganizationID() {
			t.Errorf("identity %s in %s", id, in)
		}
	}
	for _, tt := range []struct {
		id, organization string
		want             []string
	}{
		{token.ID, "role_of_another", []string{"belongs to organization " + e.em.OrganizationID(), "not to role_of_another"}},
		{dead.ID, "", []string{"not active", "revoked"}},
		{"nobody", "", []string{"There is no such token"}},
		{"", "", []string{"Invalid import id"}},
	} {
		_, diags := c.importByIdentity(tt.id, tt.organization)
		mentions(t, errorsOf(diags), tt.want...)
	}
	e.expectChanges()
}

// The identity is there from create on, is the same after every in-place change, and another after a replacement. A
// state of an older Terraform has none: it gets one when it is read, also when the token is gone.
func TestIdentity(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	in := c.create(basic)
	token := e.only()
	is := func(what string, in instance, want string) {
		t.Helper()
		if id, organization := c.identityOf(in.identity); id != want || organization != e.em.OrganizationID() {
			t.Errorf("%s: identity %s in %s, want %s", what, id, organization, want)
		}
	}
	is("created", in, token.ID)
	regenerated, _, diags := c.apply(c.plan(in, with(basic, values{"name": "renamed", "rotation_method": "regenerate"})), in, false)
	c.clean(diags)
	is("renamed", regenerated, token.ID)
	e.must(e.em.RevokeToken(token.ID))
	c = e.newCore(nil)
	read, diags := c.read(regenerated)
	c.clean(diags)
	again, _, diags := c.apply(c.plan(read, with(basic, values{"name": "renamed", "rotation_method": "regenerate"})), read, false)
	c.clean(diags)
	is("regenerated", again, token.ID)
	replaced, _, diags := c.apply(c.planReplace(again, with(basic, values{"name": "renamed", "rotation_method": "regenerate"})), again, true)
	c.clean(diags)
	is("replaced", replaced, e.only().ID)
	if e.only().ID == token.ID {
		t.Error("nothing was replaced")
	}

	c = e.newCore(nil)
	older := replaced
	older.identity = nil
	read, diags = c.read(older)
	c.clean(diags)
	is("of an older Terraform", read, e.only().ID)
	e.must(e.em.RevokeToken(e.only().ID))
	e.must(e.em.DeleteToken(e.only().ID))
	gone, diags := e.newCore(nil).read(older)
	c.clean(diags)
	if !gone.state.IsNull() {
		t.Error("a token that is gone stays in state")
	}
}

// The same with terraform query and an import block, for those who have a Terraform that can.
func TestQuery_command(t *testing.T) {
	t.Parallel()
	needsQuery.orSkip(t)
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("made by hand", "Reporting")
	identity := map[string]knownvalue.Check{"id": knownvalue.StringExact(token.ID), "organization_id": knownvalue.StringExact(e.em.OrganizationID())}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.factories(),
		Steps: []resource.TestStep{{
			Query: true,
			Config: e.config(`list "safetyculture_service_user_token" "x" {
  provider         = safetyculture
  include_resource = true
  config {
    name_regex = "^made"
  }
}`),
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("safetyculture_service_user_token.x", 1),
				querycheck.ExpectIdentity("safetyculture_service_user_token.x", identity),
			},
		}},
	})
}

// The round trip with Terraform itself: what a query finds and writes is imported as it is, and plans nothing afterwards.
func TestQuery_roundTrip(t *testing.T) {
	t.Parallel()
	needsQuery.orSkip(t)
	w := workspaceIn(newEnvironment(t, nil))
	w.makeForeign("broad")
	w.makeForeign("narrow", "Reporting", "Users only")
	old, _ := w.makeForeign("old")
	w.must(w.em.RevokeToken(old.ID))
	w.serve()
	w.write("find.tfquery.hcl", "list \"safetyculture_service_user_token\" \"all\" {\n  provider         = safetyculture\n  include_resource = true\n}\n")
	w.expect(0, "init")
	w.expect(0, "query", "-generate-config-out=generated.tf")
	out := w.expect(2, "plan", "-no-color", "-detailed-exitcode")
	mentions(t, out, "2 to import, 0 to add, 0 to change, 0 to destroy")
	w.expect(0, "apply", "-auto-approve")
	w.expect(0, "plan", "-detailed-exitcode")
	w.expectChanges()
}

func TestImportByIdentity_command(t *testing.T) {
	t.Parallel()
	needsIdentity.orSkip(t)
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("made by hand", "Reporting")
	e.foreign = nil
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.factories(),
		Steps: []resource.TestStep{
			{
				Config: e.config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q, organization_id = \"role_of_another\" }\n}\n", address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.em.PermissionSetID("Reporting"))),
				ExpectError: regexp.MustCompile(`belongs\s+to\s+organization`),
			},
			{
				Config: e.config("%s", fmt.Sprintf("import {\n  to = %s\n  identity = { id = %q }\n}\n", address, token.ID)+
					fmt.Sprintf(narrow, "made by hand", e.em.PermissionSetID("Reporting"))),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{actions("no-op"), noDrift()}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), noDrift()}},
			},
		},
	})
}
