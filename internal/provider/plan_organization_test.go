package provider_test

import (
	"strings"
	"testing"
)

// Reviewers see in the plan which organization a new token will be made in, with a replacement too.
func TestPlan_saysWhereATokenIsMade(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	p := c.plan(instance{}, basic)
	c.clean(p.diags)
	if got := (instance{state: p.value}); p.isUnknown("organization_id") || got.text("organization_id") != e.em.OrganizationID() {
		t.Errorf("a create is planned in %v", attributeOf(p.value, "organization_id"))
	}
	in := c.create(with(basic, values{"rotation_triggers": values{"a": "1"}}))
	c, in = e.refreshed(in)
	p = c.plan(in, with(basic, values{"rotation_triggers": values{"a": "2"}}))
	c.clean(p.diags)
	if !p.replace || p.isUnknown("organization_id") {
		t.Error("the organization of a replacement is not in the plan")
	}
}

// A plan that was made with one organization's credential is not applied with another's: nothing is made there.
func TestCreate_plannedForAnotherOrganization(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	organization, stranger := e.em.AddOrganization()
	plan := e.newCore(nil).plan(instance{}, basic)
	other := e.newCore(values{"api_token": stranger})
	left, _, diags := other.apply(plan, instance{}, false)
	mentions(t, errorsOf(diags), `Cannot create token "t"`, organization, e.em.OrganizationID(), "Nothing was changed")
	if !left.state.IsNull() {
		t.Error("something is in state")
	}
	e.expectChanges()
}

// The plan of a token of another organization is refused, even if nothing was refreshed.
func TestPlan_withAnotherOrganizationsCredential(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(with(basic, values{"rotation_triggers": values{"a": "1"}}))
	organization, stranger := e.em.AddOrganization()
	p := e.newCore(values{"api_token": stranger}).plan(in, with(basic, values{"rotation_triggers": values{"a": "2"}}))
	mentions(t, errorsOf(p.diags), `Cannot plan token "t"`, organization, e.em.OrganizationID())
}

// With real Terraform, which asks for the plan again at apply and compares: it stops by itself before anything is sent.
// The organization_id of the provider says the same in plain words.
func TestBinary_savedPlanAppliedWithAnotherCredential(t *testing.T) {
	t.Parallel()
	const replaced = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_triggers = { v = "V" }
  lifecycle { create_before_destroy = CBD }
}`
	config := func(v, createFirst string) string {
		return strings.NewReplacer(`"V"`, `"`+v+`"`, "CBD", createFirst).Replace(replaced)
	}
	for name, c := range map[string]struct {
		before, after string
		says          string
	}{
		"create":                 {"", config("1", "false"), "inconsistent final plan"},
		"replace, create first":  {config("1", "true"), config("2", "true"), "inconsistent final plan"},
		"replace, destroy first": {config("1", "false"), config("2", "false"), "not to "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			organization, stranger := w.em.AddOrganization()
			own := w.variables
			w.write("main.tf", c.before)
			w.expect(0, "apply", "-auto-approve")
			w.em.ForgetCalls()
			w.write("main.tf", c.after)
			w.expect(0, "plan", "-out=saved")
			w.variables = append([]string{"SAFETYCULTURE_API_TOKEN=" + stranger}, own[1:]...)
			w.output.Reset()
			w.expect(1, "apply", "-no-color", "saved")
			mentions(t, w.output.String(), c.says)
			w.variables = own
			w.expect(0, "plan", "-out=saved")
			w.variables = []string{"SAFETYCULTURE_API_TOKEN=" + stranger, own[1], "SAFETYCULTURE_ORGANIZATION_ID=" + w.em.OrganizationID()}
			w.output.Reset()
			w.expect(1, "apply", "-no-color", "saved")
			mentions(t, unwrapped(w.output.String()), "Cannot use the provider's credential", "belongs to organization "+organization+", not to "+w.em.OrganizationID())
			w.expectChanges()
			w.variables = own
			w.expect(0, "apply", "-auto-approve")
			w.expect(0, "plan", "-detailed-exitcode")
			w.expect(0, "destroy", "-auto-approve")
		})
	}
}

// unwrapped is what Terraform prints, without its frames and line ends.
func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(text)), " ")
}
