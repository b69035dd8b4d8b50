package acctest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// Factories serve the provider to plugin-testing.
func (e *Env) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"safetyculture": func() (tfprotov6.ProviderServer, error) { return provider.NewServer(e.Options()) },
	}
}

// Config is a configuration with a provider block for this emulator.
func (e *Env) Config(body string, args ...any) string {
	return e.ConfigAs(e.Emulator.Bearer(), "", body, args...)
}

// ConfigAs is a configuration whose provider has another API token and more settings.
func (e *Env) ConfigAs(bearer, settings, body string, args ...any) string {
	return fmt.Sprintf("provider \"safetyculture\" {\n  api_token = %q\n  base_url  = %q\n  %s\n}\n\n", bearer, e.URL, settings) + fmt.Sprintf(body, args...)
}

// Run runs steps with real Terraform. After each step that applies, it checks that state and emulator agree, and that the plan
// of another run is empty and reports no drift; at the end, that no active token is left.
func (e *Env) Run(steps ...resource.TestStep) {
	e.T.Helper()
	for i := range steps {
		afterApply(&steps[i], e.agrees)
	}
	resource.UnitTest(e.T, resource.TestCase{
		ProtoV6ProviderFactories: e.Factories(),
		Steps:                    steps,
		CheckDestroy: func(*terraform.State) error {
			if left := e.ActiveIDs(); len(left) > 0 {
				return fmt.Errorf("active tokens are left after destroy: %v", left)
			}
			return nil
		},
	})
}

// afterApply adds checks to a step that applies: agrees, and that the plan of another run reports no drift. plugin-testing
// itself makes this plan, and checks that it changes nothing.
func afterApply(step *resource.TestStep, agrees resource.TestCheckFunc) {
	if step.ExpectError != nil || step.PlanOnly || step.ImportState || step.RefreshState {
		return
	}
	if step.Check == nil {
		step.Check = agrees
	} else {
		step.Check = resource.ComposeTestCheckFunc(step.Check, agrees)
	}
	step.ConfigPlanChecks.PostApplyPostRefresh = append(slices.Clip(step.ConfigPlanChecks.PostApplyPostRefresh), NoDrift())
}

// agrees checks that state has the emulator's active tokens, and that each secret in state works.
func (e *Env) agrees(s *terraform.State) error {
	var inState []string
	for name, r := range s.RootModule().Resources {
		if r.Type != "safetyculture_service_user_token" || strings.HasPrefix(name, "data.") {
			continue
		}
		attributes := r.Primary.Attributes
		if attributes["status"] != "active" {
			continue
		}
		inState = append(inState, r.Primary.ID)
		if secret := attributes["token"]; secret != "" && !e.Emulator.Accepts(secret) {
			return fmt.Errorf("%s: the secret in state does not work", name)
		}
	}
	slices.Sort(inState)
	if active := e.ActiveIDs(); !slices.Equal(active, inState) {
		return fmt.Errorf("active in the emulator: %v, active in state: %v", active, inState)
	}
	return nil
}
