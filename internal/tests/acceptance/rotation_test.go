package acceptance_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// reason is one cause of a new secret: the configuration before and after, and what happens in between.
type reason struct {
	name          string
	before, after string // arguments of the resource
	more          string // other resources, with %q for what changes from "1" to "2"
	happens       func(e *acctest.Env)
	taint         bool
	forced        []string // the attributes that force a replacement
	drift         []string // what the plan reports as changed outside
	inactive      bool     // the token is no longer active when it rotates
	byTerraform   bool     // Terraform itself decides to replace, whatever the method
}

var reasons = []reason{
	{name: "trigger value changed", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "2" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger key added", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "1", b = "" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger key removed", before: `rotation_triggers = { a = "1", b = "1" }`, after: `rotation_triggers = { a = "1" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger to null", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = null }`, forced: []string{"rotation_triggers"}},
	{name: "trigger value unknown", before: `rotation_triggers = { a = terraform_data.x.output }`, more: `resource "terraform_data" "x" { input = %q }`, forced: []string{"rotation_triggers"}},
	{name: "trigger map unknown", before: `rotation_triggers = terraform_data.x.output`, more: `resource "terraform_data" "x" { input = { a = %q } }`, forced: []string{"rotation_triggers"}},
	{name: "due", before: `rotate_after_days = 30`, happens: func(e *acctest.Env) { e.Clock.Advance(30 * acctest.Day) }, forced: []string{"rotation_due"}, drift: []string{"rotation_due"}},
	{name: "due and days unknown", before: `rotate_after_days = 30`, after: `rotate_after_days = terraform_data.x.output == "1" ? 60 : 30`, more: `resource "terraform_data" "x" { input = %q }`,
		happens: func(e *acctest.Env) { e.Clock.Advance(30 * acctest.Day) }, forced: []string{"rotation_due"}, drift: []string{"rotation_due"}},
	{name: "revoked", happens: func(e *acctest.Env) { e.Must(e.Emulator.RevokeToken(e.OnlyToken().ID)) }, forced: []string{"status"}, drift: []string{"status"}, inactive: true},
	{name: "expired", happens: func(e *acctest.Env) { e.Clock.Advance(45 * acctest.Day) }, forced: []string{"status"}, drift: []string{"status"}, inactive: true},
	{name: "superseded", happens: func(e *acctest.Env) { e.RegenerateOutside(e.OnlyToken().ID) }, forced: []string{"status"}, drift: []string{"status"}},
	{name: "revoked and trigger changed", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "2" }`,
		happens: func(e *acctest.Env) { e.Must(e.Emulator.RevokeToken(e.OnlyToken().ID)) }, forced: []string{"rotation_triggers", "status"}, drift: []string{"status"}, inactive: true},
	{name: "replace asked for", taint: true, byTerraform: true},
	{name: "replace_triggered_by", more: `resource "terraform_data" "x" { input = %q }`, byTerraform: true},
}

// way is a rotation method with a lifecycle order.
type way struct {
	name, method, lifecycle string
	actions                 []tfjson.Action
	calls                   func(inactive bool) []string
}

var ways = []way{
	{"replace, destroy first", "replace", "", []tfjson.Action{"delete", "create"}, func(bool) []string {
		return []string{"RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken"}
	}},
	{"replace, create first", "replace", "create_before_destroy = true", []tfjson.Action{"create", "delete"}, func(bool) []string {
		return []string{"CreateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken"}
	}},
	{"regenerate", "regenerate", "", []tfjson.Action{"update"}, func(inactive bool) []string {
		if inactive {
			return []string{"RegenerateServiceUserToken"}
		}
		return []string{"RevokeServiceUserToken", "RegenerateServiceUserToken"}
	}},
}

func TestAccRotation(t *testing.T) {
	t.Parallel()
	for _, r := range reasons {
		for _, w := range ways {
			t.Run(r.name+"/"+w.name, func(t *testing.T) {
				t.Parallel()
				rotates(t, r, w)
			})
		}
	}
}

// rotates runs one row: apply, the cause, plan and apply with every detail checked. Run checks the empty plan.
func rotates(t *testing.T, r reason, w way) {
	e := acctest.New(t)
	lifecycle := w.lifecycle
	if r.name == "replace_triggered_by" {
		lifecycle += "\n    replace_triggered_by = [terraform_data.x]"
	}
	config := func(arguments, x string) string {
		more := r.more
		if more != "" {
			more = fmt.Sprintf(more, x)
		}
		return e.Config("%s\n%s", more, fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  rotation_method = %q
  %s
  lifecycle {
    %s
  }
}`, w.method, arguments, lifecycle))
	}
	after := r.after
	if after == "" {
		after = r.before
	}
	want := w
	checks := []plancheck.PlanCheck{}
	if r.byTerraform && w.method == "regenerate" {
		want = ways[0]
	}
	checks = append(checks, acctest.Actions(want.actions...))
	if want.method == "regenerate" {
		checks = append(checks, acctest.ForcedBy(), acctest.UnknownAfter(slices.Concat(acctest.NewSecret, unknownArguments(r))...))
	} else {
		checks = append(checks, acctest.ForcedBy(r.forced...), acctest.UnknownAfter(slices.Concat(acctest.NewInstance, unknownArguments(r))...))
	}
	if r.drift == nil {
		checks = append(checks, acctest.NoDrift())
	} else {
		checks = append(checks, acctest.Drift(r.drift...))
	}
	var old string
	var id string
	step := resource.TestStep{
		PreConfig: func() {
			id = e.OnlyToken().ID
			if r.happens != nil {
				r.happens(e)
			}
			e.Emulator.ForgetCalls()
		},
		Config:           config(after, "2"),
		ConfigPlanChecks: acctest.PreApply(checks...),
		Check: resource.ComposeTestCheckFunc(
			e.CheckWrites(want.calls(r.inactive)...),
			func(s *terraform.State) error { return hasNewSecret(e, s, old, id, want.method == "regenerate") },
			acctest.CheckAttribute("status", "active"), acctest.CheckAttribute("rotation_due", "false"),
		),
	}
	if r.taint {
		step.Taint = []string{acctest.Address}
	}
	e.Run(
		resource.TestStep{Config: config(r.before, "1"), Check: acctest.SaveSecret(&old)},
		step,
	)
}

func unknownArguments(r reason) []string {
	switch r.name {
	case "trigger map unknown":
		return []string{"rotation_triggers"}
	case "due and days unknown":
		return []string{"rotate_after_days"}
	}
	return nil
}

// hasNewSecret checks that the old secret no longer works, that the new one differs, and that the id stays if it should.
func hasNewSecret(e *acctest.Env, s *terraform.State, old, id string, sameID bool) error {
	r := s.RootModule().Resources[acctest.Address]
	switch secret := r.Primary.Attributes["token"]; {
	case secret == "" || secret == old:
		return fmt.Errorf("the secret did not change")
	case e.Emulator.Accepts(old):
		return fmt.Errorf("the old secret still works")
	case (r.Primary.ID == id) != sameID:
		return fmt.Errorf("id %s before and %s after", id, r.Primary.ID)
	}
	return nil
}

// Changes that do not rotate, with the calls that they make instead.
func TestAccNoRotation(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		for _, c := range []struct {
			name, before, after string
			happens             func(e *acctest.Env)
			calls               []string
			rename              bool
		}{
			{name: "triggers added", after: `rotation_triggers = { a = "1" }`},
			{name: "triggers removed", before: `rotation_triggers = { a = "1" }`},
			{name: "triggers added unknown", after: `rotation_triggers = { a = terraform_data.x.output }`},
			{name: "empty triggers added", after: `rotation_triggers = {}`},
			{name: "rotate_after_days added", after: `rotate_after_days = 10`, happens: func(e *acctest.Env) { e.Clock.Advance(5 * acctest.Day) }},
			{name: "due but days raised", before: `rotate_after_days = 30`, after: `rotate_after_days = 90`, happens: func(e *acctest.Env) { e.Clock.Advance(31 * acctest.Day) }},
			{name: "due but days removed", before: `rotate_after_days = 30`, happens: func(e *acctest.Env) { e.Clock.Advance(31 * acctest.Day) }},
			{name: "a second before due", before: `rotate_after_days = 30`, after: `rotate_after_days = 30`, happens: func(e *acctest.Env) { e.Clock.Advance(30*acctest.Day - 2*time.Second) }},
			{name: "expiry extended", after: `inactivity_expiry_days = 180`, calls: []string{"UpdateServiceUserToken"}},
			{name: "renamed", rename: true, calls: []string{"UpdateServiceUserToken"}},
			{name: "renamed to something unknown", rename: true, after: "# unknown", calls: []string{"UpdateServiceUserToken"}},
			{name: "permissions unknown", after: "# unknown permissions", calls: []string{"UpdateServiceUserToken"}},
			{name: "policies changed", before: `on_revoked = "keep"`, after: `on_expired = "keep"`},
		} {
			t.Run(c.name+"/"+method, func(t *testing.T) {
				t.Parallel()
				e := acctest.New(t)
				config := func(arguments, x string) string {
					name := `"t"`
					if c.rename && x == "2" {
						name = `"renamed"`
					}
					if arguments == "# unknown" {
						name = "terraform_data.x.output"
					}
					grant := "all_permissions = true"
					if arguments == "# unknown permissions" {
						grant = fmt.Sprintf("permission_set_ids = terraform_data.x.output == \"2\" ? [%q] : []", e.Emulator.PermissionSetID("Reporting"))
					}
					return e.Config(`resource "terraform_data" "x" { input = %q }
resource "safetyculture_service_user_token" "test" {
  name            = %s
  %s
  rotation_method = %q
  %s
}`, x, name, grant, method, arguments)
				}
				secret := acctest.SameSecret()
				e.Run(
					resource.TestStep{Config: config(c.before, "1"), ConfigStateChecks: secret.Step()},
					resource.TestStep{
						PreConfig: func() {
							if c.happens != nil {
								c.happens(e)
							}
							e.Emulator.ForgetCalls()
						},
						Config: config(c.after, "2"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(c.calls...),
					},
				)
			})
		}
	}
}

// A change of only the method changes no secret.
func TestAccNoRotation_methodSwitched(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	config := `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  rotation_method = %q
}`
	secret := acctest.SameSecret()
	e.Run(
		resource.TestStep{Config: e.Config(config, "replace"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites("CreateServiceUserToken")},
		resource.TestStep{Config: e.Config(config, "regenerate"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter())},
		resource.TestStep{Config: e.Config(config, "replace"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites()},
	)
}
