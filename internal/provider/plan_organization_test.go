package provider_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// Reviewers see in the plan which organization a new token will be made in, with a replacement too.
func TestPlan_saysWhereATokenIsMade(t *testing.T) {
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

// A plan that was made with one organization's credential is not applied with another's: nothing is made there.
func TestCreate_plannedForAnotherOrganization(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	organization, stranger := e.Emulator.AddOrganization()
	plan := e.NewProvider(nil).Plan(acctest.Instance{}, acctest.Basic)
	other := e.NewProvider(acctest.Values{"api_token": stranger})
	left, _, diags := other.Apply(plan, acctest.Instance{}, false)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot create token "t"`, organization, e.Emulator.OrganizationID(), "Nothing was changed")
	if !left.State.IsNull() {
		t.Error("something is in state")
	}
	e.ExpectWrites()
}

// The plan of a token of another organization is refused, even if nothing was refreshed.
func TestPlan_withAnotherOrganizationsCredential(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider(nil).Create(acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}}))
	organization, stranger := e.Emulator.AddOrganization()
	p := e.NewProvider(acctest.Values{"api_token": stranger}).Plan(in, acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}}))
	acctest.ExpectContains(t, acctest.Errors(p.Diagnostics), `Cannot plan token "t"`, organization, e.Emulator.OrganizationID())
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
			w := acctest.NewWorkspace(t)
			organization, stranger := w.Emulator.AddOrganization()
			own := w.Variables
			w.Write("main.tf", c.before)
			w.Expect(0, "apply", "-auto-approve")
			w.Emulator.ForgetCalls()
			w.Write("main.tf", c.after)
			w.Expect(0, "plan", "-out=saved")
			w.Variables = append([]string{"SAFETYCULTURE_API_TOKEN=" + stranger}, own[1:]...)
			w.Output.Reset()
			w.Expect(1, "apply", "-no-color", "saved")
			acctest.ExpectContains(t, w.Output.String(), c.says)
			w.Variables = own
			w.Expect(0, "plan", "-out=saved")
			w.Variables = []string{"SAFETYCULTURE_API_TOKEN=" + stranger, own[1], "SAFETYCULTURE_ORGANIZATION_ID=" + w.Emulator.OrganizationID()}
			w.Output.Reset()
			w.Expect(1, "apply", "-no-color", "saved")
			acctest.ExpectContains(t, unwrapped(w.Output.String()), "Cannot use the provider's credential", "belongs to organization "+organization+", not to "+w.Emulator.OrganizationID())
			w.ExpectWrites()
			w.Variables = own
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(0, "plan", "-detailed-exitcode")
			w.Expect(0, "destroy", "-auto-approve")
		})
	}
}

// unwrapped is what Terraform prints, without its frames and line ends.
func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(text)), " ")
}
