package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestQuery_filters(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.CreateOutside("ci old", "Reporting")
	e.CreateOutside("hr unused", "SCIM provisioning")
	gone, _ := e.CreateOutside("ci gone")
	e.Clock.Advance(40 * acctest.Day)
	e.Must(e.Emulator.RevokeToken(gone.ID))
	used, _ := e.CreateOutside("ci used")
	e.Must(e.Emulator.UseToken(used.ID))
	c := e.NewProvider()
	for _, tt := range []struct {
		config acctest.Values
		limit  int64
		want   []string
	}{
		{nil, 100, []string{"ci old", "ci used", "hr unused"}},
		{nil, 2, []string{"ci old", "ci used"}},
		{acctest.Values{"statuses": []string{"revoked", "expired"}}, 100, []string{"ci gone"}},
		{acctest.Values{"statuses": []string{"active", "revoked"}, "name_regex": "^ci "}, 100, []string{"ci gone", "ci old", "ci used"}},
		{acctest.Values{"permission_set_id": e.Emulator.PermissionSetID("Reporting")}, 100, []string{"ci old"}},
		{acctest.Values{"unused_for_days": 40}, 100, []string{"ci old", "hr unused"}},
		{acctest.Values{"expires_within_days": 5, "name_regex": "^hr"}, 100, []string{"hr unused"}},
		{acctest.Values{"name_regex": "nobody"}, 100, []string{}},
	} {
		if got := acctest.ListedNames(c.List(tt.config, acctest.ListOptions{Limit: tt.limit})); !slices.Equal(got, tt.want) {
			t.Errorf("%v, at most %d: %q, want %q", tt.config, tt.limit, got, tt.want)
		}
	}
	for words, config := range map[string]acctest.Values{"name_regex": {"name_regex": "("}, "statuses": {"statuses": []string{"dead"}}, "unused_for_days": {"unused_for_days": -1}} {
		acctest.ExpectContains(t, acctest.ListedNames(c.List(config, acctest.ListOptions{Limit: 100}))[0], words)
	}
	if lists := len(e.Emulator.CallsOf("ListServiceUserTokens")); lists != 1 {
		t.Errorf("%d lists, want 1", lists)
	}
	e.ExpectWrites()
}

// More tokens than fit on a page, in an organization with many inactive tokens.
func TestQuery_pages(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	for i := range 120 {
		token, _ := e.CreateOutside(fmt.Sprintf("old %03d", i))
		e.Must(e.Emulator.RevokeToken(token.ID))
	}
	c := e.NewProvider()
	found := c.List(acctest.Values{"statuses": []string{"revoked"}}, acctest.ListOptions{Limit: 1000})
	if len(found) != 120 || found[0].DisplayName != "old 000" || found[119].DisplayName != "old 119" {
		t.Errorf("%d found", len(found))
	}
}

// If the list fails, the query has one result, with the same error as a data source.
func TestQuery_fails(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c, _ := e.Configure(acctest.Values{"api_token": "wrong"})
	results := c.List(nil, acctest.ListOptions{IncludeResource: true, Limit: 100})
	if len(results) != 1 {
		t.Fatalf("%d results", len(results))
	}
	acctest.ExpectContains(t, acctest.Errors(results[0].Diagnostics), "Cannot list the service user tokens", "does not accept the provider's token")
}

// The round trip: if the tokens of a query are written as configuration and imported by identity, the plan is empty.
func TestQuery_generatedConfigurationPlansNothing(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.CreateOutside("broad")
	e.CreateOutside("narrow", "Reporting", "Users only")
	expiry := 180
	long, _ := e.CreateOutside("long")
	e.Must(e.Emulator.EditToken(long.ID, emulator.TokenEdit{InactivityExpiryDays: &expiry}))
	c := e.NewProvider()
	found := c.List(nil, acctest.ListOptions{IncludeResource: true, Limit: 100})
	if len(found) != 3 {
		t.Fatalf("%d found", len(found))
	}
	for _, result := range found {
		c.NoErrors(result.Diagnostics)
		id, organization := c.IdentityOf(result.Identity)
		if organization != e.Emulator.OrganizationID() {
			t.Errorf("organization %s", organization)
		}
		listed := acctest.Instance{State: c.Value(result.Resource)}
		imported, diags := c.ImportByIdentity(id, organization)
		c.NoErrors(diags)
		if !listed.State.Equal(imported.State) {
			t.Errorf("%s: listed and imported differ:\n%s\n%s", result.DisplayName, listed.State, imported.State)
		}
		if p := c.Plan(imported, generated(c, listed.State)); acctest.Errors(p.Diagnostics) != "" || p.HasChanges() {
			t.Errorf("%s: the generated configuration plans a change: %s\n%s", result.DisplayName, acctest.Errors(p.Diagnostics), p.Value)
		}
		if listed.Text("token") != "" {
			t.Error("a query shows a secret")
		}
	}
	e.ExpectWrites()
}

// generated returns the configuration that Terraform writes for a state: all configurable attributes that are not null.
func generated(c *acctest.Provider, state tftypes.Value) acctest.Values {
	config := acctest.Values{}
	for _, a := range c.Schema.Block.Attributes {
		if value := acctest.Attribute(state, a.Name); (a.Required || a.Optional) && !value.IsNull() {
			config[a.Name] = value
		}
	}
	return config
}

// The identity exists from create on, stays the same in every in-place change, and changes with a replacement. A state of an
// older Terraform has none: it gets one when it is read, even if the token is gone.
func TestIdentity(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider()
	in := c.Create(acctest.Basic)
	token := e.OnlyToken()
	is := func(what string, in acctest.Instance, want string) {
		t.Helper()
		if id, organization := c.IdentityOf(in.Identity); id != want || organization != e.Emulator.OrganizationID() {
			t.Errorf("%s: identity %s in %s, want %s", what, id, organization, want)
		}
	}
	is("created", in, token.ID)
	regenerated, _, diags := c.Apply(c.Plan(in, acctest.With(acctest.Basic, acctest.Values{"name": "renamed", "rotation_method": "regenerate"})), in, acctest.DestroyFirst)
	c.NoErrors(diags)
	is("renamed", regenerated, token.ID)
	e.Must(e.Emulator.RevokeToken(token.ID))
	c = e.NewProvider()
	read, diags := c.Read(regenerated)
	c.NoErrors(diags)
	again, _, diags := c.Apply(c.Plan(read, acctest.With(acctest.Basic, acctest.Values{"name": "renamed", "rotation_method": "regenerate"})), read, acctest.DestroyFirst)
	c.NoErrors(diags)
	is("regenerated", again, token.ID)
	replaced, _, diags := c.Apply(c.PlanReplace(again, acctest.With(acctest.Basic, acctest.Values{"name": "renamed", "rotation_method": "regenerate"})), again, acctest.CreateFirst)
	c.NoErrors(diags)
	is("replaced", replaced, e.OnlyToken().ID)
	if e.OnlyToken().ID == token.ID {
		t.Error("nothing was replaced")
	}

	c = e.NewProvider()
	older := replaced
	older.Identity = nil
	read, diags = c.Read(older)
	c.NoErrors(diags)
	is("of an older Terraform", read, e.OnlyToken().ID)
	e.Must(e.Emulator.RevokeToken(e.OnlyToken().ID))
	e.Must(e.Emulator.DeleteToken(e.OnlyToken().ID))
	gone, diags := e.NewProvider().Read(older)
	c.NoErrors(diags)
	if !gone.State.IsNull() {
		t.Error("a token that is gone stays in state")
	}
}
