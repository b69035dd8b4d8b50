package provider_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestPlan_showsTheOrganization(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider(nil)
	p := c.Plan(acctest.Instance{}, acctest.Basic)
	c.NoErrors(p.Diagnostics)
	if got := (acctest.Instance{State: p.Value}); p.IsUnknown("organization_id") || got.Text("organization_id") != e.Emulator.OrganizationID() {
		t.Errorf("a create is planned in %v", acctest.Attribute(p.Value, "organization_id"))
	}
	in := c.Create(acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}}))
	c, in = e.Refreshed(in)
	p = c.Plan(in, acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}}))
	c.NoErrors(p.Diagnostics)
	if !p.Replace || p.IsUnknown("organization_id") {
		t.Error("the organization of a replacement is not in the plan")
	}
}

func TestCreate_plannedForAnotherOrganization(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	organization, stranger := e.Emulator.AddOrganization()
	plan := e.NewProvider(nil).Plan(acctest.Instance{}, acctest.Basic)
	other := e.NewProvider(acctest.Values{"api_token": stranger})
	left, _, diags := other.Apply(plan, acctest.Instance{}, acctest.DestroyFirst)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot create token "t"`, organization, e.Emulator.OrganizationID(), "Nothing was changed")
	if !left.State.IsNull() {
		t.Error("something is in state")
	}
	e.ExpectWrites()
}

func TestPlan_withAnotherOrganizationsCredential(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider(nil).Create(acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}}))
	organization, stranger := e.Emulator.AddOrganization()
	p := e.NewProvider(acctest.Values{"api_token": stranger}).Plan(in, acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}}))
	acctest.ExpectContains(t, acctest.Errors(p.Diagnostics), `Cannot plan token "t"`, organization, e.Emulator.OrganizationID())
}
