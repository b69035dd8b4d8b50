package acceptance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// eventsWorkspace is a workspace for a CLI whose actions know destroy events, failures and their caller.
func eventsWorkspace(t *testing.T) *acctest.Workspace {
	t.Helper()
	acctest.NeedsDestroyEvents.OrSkip(t)
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	return w
}

// deployments are two consumers of two tokens. What happens to a consumer revokes the token that it was given.
func deployments(event, settings string, consumers ...string) string {
	return fmt.Sprintf(`resource "safetyculture_service_user_token" "each" {
  for_each        = toset(["a", "b"])
  name            = each.key
  all_permissions = true
}
resource "terraform_data" "consumer" {
  for_each = toset([%s])
  input    = safetyculture_service_user_token.each[each.key].id
  lifecycle {
    action_trigger {
      events  = [%s]
      actions = [action.safetyculture_revoke_service_user_token.given]
      %s
    }
  }
}
action "safetyculture_revoke_service_user_token" "given" {
  config {
    id = caller.input
  }
}
`, strings.Join(consumers, ", "), event, settings)
}

// A consumer that goes takes its token's secret with it, before or after. The other token is left alone, and the next plan
// replaces the revoked one.
func TestAccRevokeAction_consumerIsDestroyed_revokesItsToken(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"before_destroy", "after_destroy"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			w := eventsWorkspace(t)
			w.Write("main.tf", deployments(event, "", `"a"`, `"b"`))
			w.Expect(0, "init")
			w.Expect(0, "apply", "-auto-approve")
			w.Emulator.ForgetCalls()
			w.Write("main.tf", deployments(event, "", `"b"`))
			out := w.Expect(0, "apply", "-auto-approve", "-no-color")
			acctest.ExpectContains(t, out, `Token "a" (`)
			w.ExpectWrites("RevokeServiceUserToken")
			for _, token := range w.Emulator.Tokens() {
				if active := token.Status == "TOKEN_STATUS_ACTIVE"; active != (token.Name == "b") {
					t.Errorf("token %s is %s", token.Name, token.Status)
				}
			}
			acctest.ExpectContains(t, w.Expect(2, "plan", "-detailed-exitcode", "-no-color"), "1 to add, 0 to change, 1 to destroy")
		})
	}
}

// A token that revokes itself before it is destroyed: the destroy finds it revoked, and deletes it at once.
func TestAccRevokeAction_beforeTheTokenIsDestroyed(t *testing.T) {
	t.Parallel()
	w := eventsWorkspace(t)
	w.Write("main.tf", `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  lifecycle {
    action_trigger {
      events  = [before_destroy]
      actions = [action.safetyculture_revoke_service_user_token.first]
    }
  }
}
action "safetyculture_revoke_service_user_token" "first" {
  config {
    id = caller.id
  }
}
`)
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.ForgetCalls()
	w.Expect(0, "apply", "-auto-approve", "-destroy")
	w.ExpectWrites("RevokeServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken")
}

// What becomes of a token whose deployment, an action that follows its creation, fails. The deployment here revokes a token
// that is deleted between plan and apply.
func TestAccRevokeAction_deploymentFails(t *testing.T) {
	t.Parallel()
	const config = `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  lifecycle {
    action_trigger {
      events     = [after_create]
      actions    = [action.safetyculture_revoke_service_user_token.deploy]
      on_failure = %s
    }
  }
}
action "safetyculture_revoke_service_user_token" "deploy" {
  config {
    id = %q
  }
}
`
	for mode, c := range map[string]struct {
		code, next int
		writes     []string // of the next apply, with a deployment that works
	}{
		"continue": {0, 0, nil},
		"halt":     {1, 0, nil},
		"taint":    {1, 2, []string{"RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken", "RevokeServiceUserToken"}},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := eventsWorkspace(t)
			broken, _ := w.CreateOutside("broken")
			working, _ := w.CreateOutside("working")
			w.Write("main.tf", fmt.Sprintf(config, mode, broken.ID))
			w.Expect(0, "init")
			w.Expect(0, "plan", "-out=saved")
			w.Must(w.Emulator.RevokeToken(broken.ID))
			w.Must(w.Emulator.DeleteToken(broken.ID))
			w.Expect(c.code, "apply", "saved")
			secret := w.SecretInState()
			if !w.Emulator.Accepts(secret) {
				t.Error("the failure itself has taken the token away")
			}
			w.Emulator.ForgetCalls()
			w.Write("main.tf", fmt.Sprintf(config, mode, working.ID))
			w.Expect(c.next, "plan", "-detailed-exitcode")
			w.Expect(0, "apply", "-auto-approve")
			w.ExpectWrites(c.writes...)
			if kept := w.Emulator.Accepts(secret); kept != (mode != "taint") {
				t.Errorf("the token of the failed deployment works: %t", kept)
			}
		})
	}
}

// One action that several tokens call is run for one of them: -target says for which.
func TestAccRevokeAction_invokeForOneCaller(t *testing.T) {
	t.Parallel()
	w := eventsWorkspace(t)
	w.Write("main.tf", deployments("before_destroy", "", `"a"`, `"b"`))
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.ForgetCalls()
	out := w.Expect(0, "apply", "-auto-approve", "-no-color", "-invoke=action.safetyculture_revoke_service_user_token.given", `-target=terraform_data.consumer["b"]`)
	acctest.ExpectContains(t, out, `Token "b" (`)
	w.ExpectWrites("RevokeServiceUserToken")
	w.Expect(0, "apply", "-auto-approve", "-no-color", "-invoke=action.safetyculture_revoke_service_user_token.given")
	for _, token := range w.Emulator.Tokens() {
		if token.Status != "TOKEN_STATUS_REVOKED" {
			t.Errorf("without -target, token %s is %s", token.Name, token.Status)
		}
	}
}

// A revoke that fails stops the consumer's destruction, unless on_failure says otherwise.
func TestAccRevokeAction_failsBeforeTheConsumerIsDestroyed(t *testing.T) {
	t.Parallel()
	for mode, code := range map[string]int{"halt": 1, "continue": 0} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			settings := "on_failure = " + mode
			w := eventsWorkspace(t)
			w.Write("main.tf", deployments("before_destroy", settings, `"a"`, `"b"`))
			w.Expect(0, "init")
			w.Expect(0, "apply", "-auto-approve")
			w.Write("main.tf", deployments("before_destroy", settings, `"b"`))
			w.Expect(0, "plan", "-out=saved")
			for _, token := range w.Emulator.Tokens() {
				w.Must(w.Emulator.RevokeToken(token.ID))
				w.Must(w.Emulator.DeleteToken(token.ID))
			}
			w.Expect(code, "apply", "-no-color", "saved")
			state := w.Expect(0, "state", "list")
			if kept := strings.Contains(state, `terraform_data.consumer["a"]`); kept != (code == 1) {
				t.Errorf("the consumer is in state: %t\n%s", kept, state)
			}
		})
	}
}
