package acceptance_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// With Terraform itself, on a version that has actions.
func TestAccRevokeAction_command(t *testing.T) {
	t.Parallel()
	acctest.NeedsActions.OrSkip(t)
	e := acctest.New(t)
	stolen, secret := e.CreateOutside("stolen")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.Factories(),
		Steps: []resource.TestStep{{
			Config: e.Config("%s", fmt.Sprintf(`action "safetyculture_revoke_service_user_token" "stolen" {
  config {
    id = %q
  }
}

resource "terraform_data" "incident" {
  input = "1"
  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.safetyculture_revoke_service_user_token.stolen]
    }
  }
}
`, stolen.ID)),
		}},
	})
	if e.Emulator.Accepts(secret) {
		t.Error("the secret still works")
	}
}

// The action is invoked by itself, as in an incident, and the next plan shows its effect.
func TestAccRevokeAction_invoke(t *testing.T) {
	t.Parallel()
	acctest.NeedsActions.OrSkip(t)
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	w.Write("main.tf", acctest.OneToken+"\n\naction \"safetyculture_revoke_service_user_token\" \"exposed\" {\n  config {\n    id = "+acctest.Address+".id\n  }\n}\n")
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.ForgetCalls()
	out := w.Expect(0, "apply", "-no-color", "-auto-approve", "-invoke=action.safetyculture_revoke_service_user_token.exposed")
	acctest.ExpectContains(t, out, `Token "t" (`+w.OnlyToken().ID+`) is revoked: its secret does not work any more.`)
	w.ExpectWrites("RevokeServiceUserToken")
	w.Expect(2, "plan", "-detailed-exitcode")
}
