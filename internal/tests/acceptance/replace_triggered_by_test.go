package acceptance_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// What another resource does, and whether replace_triggered_by rotates the token because of it. A time_rotating that has
// expired leaves the state when it is read and is created anew, like a token that was deleted outside: only OpenTofu 1.12 sees
// that. As a value in rotation_triggers it rotates everywhere.
func TestAccReplaceTriggeredBy(t *testing.T) {
	t.Parallel()
	const config = `resource "safetyculture_service_user_token" "other" {
  name              = %q
  all_permissions   = true
  rotation_triggers = { at = %q }
}
resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  %s
}
`
	const triggeredBy = "lifecycle {\n    replace_triggered_by = [safetyculture_service_user_token.other]\n  }"
	seesCreated := acctest.NeedsCreatedTriggers.LackedBy(acctest.UsedCLI(t)) == ""
	for name, c := range map[string]struct {
		name, at, written string
		gone              bool
		rotates           bool
	}{
		"updated":                                {"renamed", "1", triggeredBy, false, true},
		"replaced":                               {"other", "2", triggeredBy, false, true},
		"created anew":                           {"other", "1", triggeredBy, true, seesCreated},
		"created anew, and in rotation_triggers": {"other", "1", "rotation_triggers = { at = safetyculture_service_user_token.other.id }", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			actions := acctest.Actions("no-op")
			if c.rotates {
				actions = acctest.Actions("delete", "create")
			}
			e.Run(
				resource.TestStep{Config: e.Config(config, "other", "1", c.written)},
				resource.TestStep{
					PreConfig: func() {
						if !c.gone {
							return
						}
						for _, token := range e.Emulator.Tokens() {
							if token.Name == "other" {
								e.Must(e.Emulator.RevokeToken(token.ID))
								e.Must(e.Emulator.DeleteToken(token.ID))
							}
						}
					},
					Config: e.Config(config, c.name, c.at, c.written), ConfigPlanChecks: acctest.PreApply(actions),
				},
			)
		})
	}
}
