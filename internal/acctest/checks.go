package acctest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// PlanCheck is a function as a plan check.
type PlanCheck func(plan *tfjson.Plan) error

// CheckPlan calls the function.
func (c PlanCheck) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c(req.Plan)
}

// NoDrift fails if the plan reports a change outside Terraform. plugin-testing's own check for an empty plan ignores such
// changes.
func NoDrift() plancheck.PlanCheck {
	return PlanCheck(func(plan *tfjson.Plan) error {
		for _, drift := range plan.ResourceDrift {
			return fmt.Errorf("the plan reports drift of %s", drift.Address)
		}
		return nil
	})
}

// Drift fails unless the plan reports drift of exactly these attributes of the tested resource.
func Drift(attributes ...string) plancheck.PlanCheck {
	return PlanCheck(func(plan *tfjson.Plan) error {
		for _, drift := range plan.ResourceDrift {
			if drift.Address != Address {
				continue
			}
			before, _ := drift.Change.Before.(map[string]any)
			after, _ := drift.Change.After.(map[string]any)
			var changed []string
			for name := range before {
				if fmt.Sprint(before[name]) != fmt.Sprint(after[name]) {
					changed = append(changed, name)
				}
			}
			slices.Sort(changed)
			slices.Sort(attributes)
			if !slices.Equal(changed, attributes) {
				return fmt.Errorf("drift of %v, want %v", changed, attributes)
			}
			return nil
		}
		return fmt.Errorf("the plan reports no drift of %s", Address)
	})
}

// Actions fails unless the plan does exactly these actions, in this order, to the tested resource.
func Actions(want ...tfjson.Action) plancheck.PlanCheck {
	return PlanCheck(func(plan *tfjson.Plan) error {
		change := changeOf(plan)
		if change == nil {
			return fmt.Errorf("%s is not in the plan", Address)
		}
		if !slices.Equal([]tfjson.Action(change.Actions), want) {
			return fmt.Errorf("actions %v, want %v", change.Actions, want)
		}
		return nil
	})
}

// ForcedBy fails unless exactly these attributes force the replacement.
func ForcedBy(attributes ...string) plancheck.PlanCheck {
	return PlanCheck(func(plan *tfjson.Plan) error {
		var paths []string
		if change := changeOf(plan); change != nil {
			for _, path := range change.ReplacePaths {
				paths = append(paths, fmt.Sprint(path.([]any)[0]))
			}
		}
		slices.Sort(paths)
		slices.Sort(attributes)
		if !slices.Equal(slices.Compact(paths), attributes) {
			return fmt.Errorf("replacement is forced by %v, want %v", paths, attributes)
		}
		return nil
	})
}

// UnknownAfter fails unless exactly these attributes are known only after apply.
func UnknownAfter(attributes ...string) plancheck.PlanCheck {
	return PlanCheck(func(plan *tfjson.Plan) error {
		var unknown []string
		if change := changeOf(plan); change != nil {
			after, _ := change.AfterUnknown.(map[string]any)
			for name, value := range after {
				if value == true {
					unknown = append(unknown, name)
				}
			}
		}
		slices.Sort(unknown)
		slices.Sort(attributes)
		if !slices.Equal(unknown, attributes) {
			return fmt.Errorf("unknown after: %v, want %v", unknown, attributes)
		}
		return nil
	})
}

func changeOf(plan *tfjson.Plan) *tfjson.Change {
	for _, rc := range plan.ResourceChanges {
		if rc.Address == Address && rc.DeposedKey == "" {
			return rc.Change
		}
	}
	return nil
}

// The attributes that are unknown in a plan that rotates by replacement, and in place.
var (
	NewInstance = []string{"token", "id", "status", "issued_at", "created_at", "service_user_id", "rotation_due"}
	NewSecret   = []string{"token", "status", "issued_at", "rotation_due"}
)

// PreApply returns plan checks that run before apply.
func PreApply(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// NoChanges expects a plan that changes nothing and reports no drift.
func NoChanges() resource.ConfigPlanChecks {
	return PreApply(plancheck.ExpectEmptyPlan(), NoDrift())
}

// CheckAttribute returns a check of one attribute of the tested resource.
func CheckAttribute(name, value string) resource.TestCheckFunc {
	return resource.TestCheckResourceAttr(Address, name, value)
}

// SameSecret compares the secret over the steps that it is added to.
func SameSecret() *SecretComparison {
	return &SecretComparison{statecheck.CompareValue(compare.ValuesSame())}
}

// SecretComparison compares the secret over steps.
type SecretComparison struct {
	values interface {
		AddStateValue(string, tfjsonpath.Path) statecheck.StateCheck
	}
}

// Step is the check of one step.
func (c *SecretComparison) Step() []statecheck.StateCheck {
	return []statecheck.StateCheck{c.values.AddStateValue(Address, tfjsonpath.New("token"))}
}

// SaveSecret returns a check that stores the secret in state in a variable.
func SaveSecret(into *string) resource.TestCheckFunc {
	return func(s *terraform.State) error {
		r, ok := s.RootModule().Resources[Address]
		if !ok {
			return fmt.Errorf("%s is not in state", Address)
		}
		*into = r.Primary.Attributes["token"]
		return nil
	}
}

// ExpectContains fails the test unless text holds all of words.
func ExpectContains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is missing in:\n%s", word, text)
		}
	}
}
