package acceptance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// TestAccRotation and TestAccNoRotation have one resource for each row of their tables, all in one configuration: the CLI runs
// once for a table and not for each of its rows.

// passed is how long after the creates the second run is. Rows whose token is due or expires say 30 or 31 days.
const passed = 31 * acctest.Day

// label is the name of a row's resource, and of its token.
func label(row string) string { return strings.ReplaceAll(row, " ", "_") }

func addressOf(row string) acctest.Resource {
	return acctest.Resource("safetyculture_service_user_token." + label(row))
}

// kept is what a row's token was before the second run.
type kept struct{ id, secret string }

// keep returns a check that stores each row's token.
func keep(rows []string, into map[string]kept) resource.TestCheckFunc {
	return func(s *terraform.State) error {
		for _, row := range rows {
			r := s.RootModule().Resources[string(addressOf(row))]
			if r == nil {
				return fmt.Errorf("%s is not in state", addressOf(row))
			}
			into[row] = kept{r.Primary.ID, r.Primary.Attributes["token"]}
		}
		return nil
	}
}

// writesTo returns the calls that changed a token, in order.
func writesTo(e *acctest.Env, id string) []emulator.Call {
	return slices.DeleteFunc(e.Emulator.Calls(), func(call emulator.Call) bool {
		return call.TokenID != id || call.Method == "GET"
	})
}

func operationsOf(calls []emulator.Call) []string {
	var operations []string
	for _, call := range calls {
		operations = append(operations, call.Operation)
	}
	return operations
}

// reason is one cause of a new secret: the configuration before and after, and what happens in between.
type reason struct {
	name          string
	before, after string // arguments of the resource
	happens       func(e *acctest.Env, id string)
	lifecycle     string
	taint         bool
	forced        []string // the attributes that force a replacement
	drift         []string // what the plan reports as changed outside
	unknown       []string // more attributes that are known only after apply
	inactive      bool     // the token is no longer active when it rotates
	byTerraform   bool     // Terraform itself decides to replace, with each method
}

// terraform_data.x changes its input from "1" to "2".
var reasons = []reason{
	{name: "trigger value changed", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "2" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger key added", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "1", b = "" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger key removed", before: `rotation_triggers = { a = "1", b = "1" }`, after: `rotation_triggers = { a = "1" }`, forced: []string{"rotation_triggers"}},
	{name: "trigger to null", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = null }`, forced: []string{"rotation_triggers"}},
	{name: "trigger value unknown", before: `rotation_triggers = { a = terraform_data.x.output }`, forced: []string{"rotation_triggers"}},
	{name: "trigger map unknown", before: `rotation_triggers = terraform_data.map.output`, forced: []string{"rotation_triggers"}, unknown: []string{"rotation_triggers"}},
	{name: "due", before: `rotate_after_days = 31`, forced: []string{"rotation_due"}, drift: []string{"rotation_due"}},
	{name: "due and days unknown", before: `rotate_after_days = 30`, after: `rotate_after_days = terraform_data.x.output == "1" ? 60 : 30`, unknown: []string{"rotate_after_days"},
		forced: []string{"rotation_due"}, drift: []string{"rotation_due"}},
	{name: "revoked", happens: func(e *acctest.Env, id string) { e.Must(e.Emulator.RevokeToken(id)) }, forced: []string{"status"}, drift: []string{"status"}, inactive: true},
	{name: "expired", before: `inactivity_expiry_days = 31`, forced: []string{"status"}, drift: []string{"status"}, inactive: true},
	{name: "superseded", happens: func(e *acctest.Env, id string) { e.RegenerateOutside(id) }, forced: []string{"status"}, drift: []string{"status"}},
	{name: "revoked and trigger changed", before: `rotation_triggers = { a = "1" }`, after: `rotation_triggers = { a = "2" }`,
		happens: func(e *acctest.Env, id string) { e.Must(e.Emulator.RevokeToken(id)) }, forced: []string{"rotation_triggers", "status"}, drift: []string{"status"}, inactive: true},
	{name: "replace by the user", taint: true, byTerraform: true},
	{name: "replace_triggered_by", lifecycle: "replace_triggered_by = [terraform_data.x]", byTerraform: true},
}

// way is a rotation method with a lifecycle order.
type way struct {
	name, method, lifecycle string
	actions                 []tfjson.Action
	calls                   func(inactive bool) []string // to the old token
}

var ways = []way{
	{"replace, destroy first", "replace", "", []tfjson.Action{"delete", "create"}, func(bool) []string {
		return []string{"RevokeServiceUserToken", "DeleteServiceUserToken"}
	}},
	{"replace, create first", "replace", "create_before_destroy = true", []tfjson.Action{"create", "delete"}, func(bool) []string {
		return []string{"RevokeServiceUserToken", "DeleteServiceUserToken"}
	}},
	{"regenerate", "regenerate", "", []tfjson.Action{"update"}, func(inactive bool) []string {
		if inactive {
			return []string{"RegenerateServiceUserToken"}
		}
		return []string{"RevokeServiceUserToken", "RegenerateServiceUserToken"}
	}},
}

// in returns the way in which a reason rotates.
func (w way) in(r reason) way {
	if r.byTerraform && w.method == "regenerate" {
		return ways[0]
	}
	return w
}

func TestAccRotation(t *testing.T) {
	t.Parallel()
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			rotates(t, w)
		})
	}
}

// rotates runs all reasons in one way: apply, the causes, plan and apply with every detail checked. Run checks the empty plan.
func rotates(t *testing.T, w way) {
	e := acctest.New(t, func(o *emulator.Options) { o.ActiveTokenLimit = 2 * len(reasons) })
	old := map[string]kept{}
	var rows, tainted []string
	var checks []plancheck.PlanCheck
	writes := 0
	for _, r := range reasons {
		at, want := addressOf(r.name), w.in(r)
		rows = append(rows, r.name)
		if r.taint {
			tainted = append(tainted, string(at))
		}
		writes += len(want.calls(r.inactive))
		checks = append(checks, at.Actions(want.actions...), at.Drift(r.drift...))
		if want.method == "regenerate" {
			checks = append(checks, at.ForcedBy(), at.UnknownAfter(slices.Concat(acctest.NewSecret, r.unknown)...))
		} else {
			writes++ // the create
			checks = append(checks, at.ForcedBy(r.forced...), at.UnknownAfter(slices.Concat(acctest.NewInstance, r.unknown)...))
		}
	}
	config := func(x string) string {
		text := fmt.Sprintf("resource \"terraform_data\" \"x\" { input = %[1]q }\nresource \"terraform_data\" \"map\" { input = { a = %[1]q } }\n", x)
		for _, r := range reasons {
			arguments := r.before
			if x == "2" && r.after != "" {
				arguments = r.after
			}
			text += fmt.Sprintf(`resource "safetyculture_service_user_token" %[1]q {
  name            = %[1]q
  all_permissions = true
  rotation_method = %[2]q
  %[3]s
  lifecycle {
    %[4]s
    %[5]s
  }
}
`, label(r.name), w.method, arguments, w.lifecycle, r.lifecycle)
		}
		return e.Config("%s", text)
	}
	e.Run(
		resource.TestStep{Config: config("1"), Check: keep(rows, old)},
		resource.TestStep{
			PreConfig: func() {
				e.Clock.Advance(passed)
				for _, r := range reasons {
					if r.happens != nil {
						r.happens(e, old[r.name].id)
					}
				}
				e.Emulator.ForgetCalls()
			},
			Taint:            tainted,
			Config:           config("2"),
			ConfigPlanChecks: acctest.PreApply(checks...),
			Check: func(s *terraform.State) error {
				var errs []error
				for _, r := range reasons {
					if err := hasNewSecret(e, s, w.in(r), r, old[r.name]); err != nil {
						errs = append(errs, fmt.Errorf("%s: %w", r.name, err))
					}
				}
				if got := len(e.Writes()); got != writes {
					errs = append(errs, fmt.Errorf("%d calls that change something, want %d", got, writes))
				}
				return errors.Join(errs...)
			},
		},
	)
}

// hasNewSecret checks that exactly the expected calls changed the old token, before or after the new one was created, that the
// old secret no longer works, that the new one differs, and that the id stays if it should.
func hasNewSecret(e *acctest.Env, s *terraform.State, w way, r reason, old kept) error {
	now := s.RootModule().Resources[string(addressOf(r.name))].Primary
	calls := writesTo(e, old.id)
	if got, want := operationsOf(calls), w.calls(r.inactive); !slices.Equal(got, want) {
		return fmt.Errorf("calls %v, want %v", got, want)
	}
	token, err := tokenOf(e, now.ID)
	if err != nil {
		return err
	}
	switch secret := now.Attributes["token"]; {
	case secret == "" || secret == old.secret:
		return errors.New("the secret did not change")
	case e.Emulator.Accepts(old.secret):
		return errors.New("the old secret still works")
	case (now.ID == old.id) != (w.method == "regenerate"):
		return fmt.Errorf("id %s before and %s after", old.id, now.ID)
	case w.actions[0] == "create" && !token.CreatedAt.Before(calls[0].Time), w.actions[0] == "delete" && !token.CreatedAt.After(calls[len(calls)-1].Time):
		return fmt.Errorf("created at %s, but the old token's first and last call were at %s and %s", token.CreatedAt, calls[0].Time, calls[len(calls)-1].Time)
	case now.Attributes["status"] != "active" || now.Attributes["rotation_due"] != "false":
		return fmt.Errorf("status %s, rotation_due %s", now.Attributes["status"], now.Attributes["rotation_due"])
	}
	return nil
}

func tokenOf(e *acctest.Env, id string) (emulator.Token, error) {
	for _, token := range e.Emulator.Tokens() {
		if token.ID == id {
			return token, nil
		}
	}
	return emulator.Token{}, fmt.Errorf("the emulator has no token %s", id)
}
