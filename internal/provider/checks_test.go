package provider_test

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

// planCheck makes a plan check of a function.
type planCheck func(plan *tfjson.Plan) error

func (c planCheck) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c(req.Plan)
}

// noDrift fails when the plan reports that anything changed outside Terraform. plugin-testing's own check for an empty
// plan does not look at that.
func noDrift() plancheck.PlanCheck {
	return planCheck(func(plan *tfjson.Plan) error {
		for _, drift := range plan.ResourceDrift {
			return fmt.Errorf("the plan reports drift of %s", drift.Address)
		}
		return nil
	})
}

// drift fails unless the plan reports drift of exactly these attributes of the tested resource.
func drift(attributes ...string) plancheck.PlanCheck {
	return planCheck(func(plan *tfjson.Plan) error {
		for _, drift := range plan.ResourceDrift {
			if drift.Address != address {
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
		return fmt.Errorf("the plan reports no drift of %s", address)
	})
}

// actions fails unless the plan does exactly these actions, in this order, to the tested resource.
func actions(want ...tfjson.Action) plancheck.PlanCheck {
	return planCheck(func(plan *tfjson.Plan) error {
		change := changeOf(plan)
		if change == nil {
			return fmt.Errorf("%s is not in the plan", address)
		}
		if !slices.Equal([]tfjson.Action(change.Actions), want) {
			return fmt.Errorf("actions %v, want %v", change.Actions, want)
		}
		return nil
	})
}

// forcedBy fails unless exactly these attributes force the replacement.
func forcedBy(attributes ...string) plancheck.PlanCheck {
	return planCheck(func(plan *tfjson.Plan) error {
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

// unknownAfter fails unless exactly these attributes are known only after apply.
func unknownAfter(attributes ...string) plancheck.PlanCheck {
	return planCheck(func(plan *tfjson.Plan) error {
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
		if rc.Address == address && rc.DeposedKey == "" {
			return rc.Change
		}
	}
	return nil
}

// What a plan leaves open when it rotates by replacement and in place.
var (
	newInstance = []string{"token", "id", "status", "issued_at", "created_at", "service_user_id", "rotation_due"}
	newSecret   = []string{"token", "status", "issued_at", "rotation_due"}
)

// before are plan checks for before apply.
func before(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: checks}
}

// quiet expects a plan that changes nothing and reports no drift.
func quiet() resource.ConfigPlanChecks {
	return before(plancheck.ExpectEmptyPlan(), noDrift())
}

// attribute is a check of one attribute of the tested resource.
func attribute(name, value string) resource.TestCheckFunc {
	return resource.TestCheckResourceAttr(address, name, value)
}

// sameSecret compares the secret over the steps that it is added to.
func sameSecret() *statecheckCompare {
	return &statecheckCompare{statecheck.CompareValue(compare.ValuesSame())}
}

type statecheckCompare struct {
	values interface {
		AddStateValue(string, tfjsonpath.Path) statecheck.StateCheck
	}
}

func (c *statecheckCompare) step() []statecheck.StateCheck {
	return []statecheck.StateCheck{c.values.AddStateValue(address, tfjsonpath.New("token"))}
}

// keepSecret returns a check that notes the secret in state.
func keepSecret(into *string) resource.TestCheckFunc {
	return func(s *terraform.State) error {
		r, ok := s.RootModule().Resources[address]
		if !ok {
			return fmt.Errorf("%s is not in state", address)
		}
		*into = r.Primary.Attributes["token"]
		return nil
	}
}

// mentions fails the test unless text holds all of words.
func mentions(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is missing in:\n%s", word, text)
		}
	}
}
