package acceptance_test

import (
	"fmt"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// forgotten is a token with lifecycle.destroy = false, which Terraform or OpenTofu forgets instead of destroying it.
func forgotten(method, settings, trigger string) string {
	return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { at = %q }
  lifecycle {
    destroy = false
    %s
  }
}
`, method, trigger, settings)
}

// forgetting returns a workspace in which such a token is applied and a plan that rotates it is saved.
func forgetting(t *testing.T, method, settings string) *acctest.Workspace {
	t.Helper()
	acctest.NeedsForget.OrSkip(t)
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	w.Write("main.tf", forgotten(method, settings, "1"))
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", forgotten(method, settings, "2"))
	w.Expect(0, "plan", "-out=saved")
	w.Emulator.ForgetCalls()
	return w
}

// What happens to the old token when a replacement rotates. OpenTofu leaves it active and removes it from state. Terraform 1.16.2
// destroys it anyway, and with create_before_destroy reports its own success as an error of the provider. If a later Terraform
// makes this test fail, correct the resource's page and the text of the plan's warning.
func TestAccForget_rotationByReplacement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings string
		code     int      // of Terraform's apply
		writes   []string // of Terraform's apply
	}{
		"destroyed first": {"", 0, []string{"RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken"}},
		"created first":   {"create_before_destroy = true", 1, []string{"CreateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := forgetting(t, "replace", c.settings)
			lives := acctest.UsedCLI(t).Tofu
			if lives {
				c.code, c.writes = 0, []string{"CreateServiceUserToken"}
			}
			old := w.SecretInState()
			w.Expect(c.code, "apply", "saved")
			w.ExpectWrites(c.writes...)
			w.Expect(0, "apply", "-auto-approve") // whatever is left of the old one leaves the state
			w.ExpectWrites()
			if w.Emulator.Accepts(old) != lives || !w.Emulator.Accepts(w.SecretInState()) {
				t.Errorf("the old secret works: %t, the new one: %t", w.Emulator.Accepts(old), w.Emulator.Accepts(w.SecretInState()))
			}
		})
	}
}

// What to do with a forgotten token that is still active: import it at another address, and destroy it there.
func TestAccForget_forgottenTokenIsImportedAndDestroyed(t *testing.T) {
	t.Parallel()
	acctest.NeedsForget.OrSkip(t)
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	w.Write("main.tf", forgotten("replace", "", "1"))
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	old, id := w.SecretInState(), w.OnlyToken().ID
	w.Expect(0, "taint", acctest.Address) // Terraform forgets a tainted token, too
	w.Emulator.ForgetCalls()
	w.Expect(0, "apply", "-auto-approve")
	w.ExpectWrites("CreateServiceUserToken")
	if !w.Emulator.Accepts(old) {
		t.Fatal("the old token is gone")
	}
	w.Write("old.tf", fmt.Sprintf("import {\n  to = safetyculture_service_user_token.old\n  id = %q\n}\nresource \"safetyculture_service_user_token\" \"old\" {\n  name            = \"t\"\n  all_permissions = true\n}\n", id))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("old.tf", "")
	w.Emulator.ForgetCalls()
	w.Expect(0, "apply", "-auto-approve")
	w.ExpectWrites("RevokeServiceUserToken", "DeleteServiceUserToken")
	if w.Emulator.Accepts(old) || !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the old secret works, or the new one does not")
	}
}

// A rotation in place leaves no token behind, whatever lifecycle.destroy says.
func TestAccForget_rotationInPlace(t *testing.T) {
	t.Parallel()
	w := forgetting(t, "regenerate", "")
	old := w.SecretInState()
	w.Expect(0, "apply", "saved")
	w.ExpectWrites("RevokeServiceUserToken", "RegenerateServiceUserToken")
	if w.Emulator.Accepts(old) || !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the old secret works, or the new one does not")
	}
}

// What destroys the token, and what only forgets it. If a block is removed, its lifecycle is removed too, but OpenTofu keeps it
// in state.
func TestAccForget_destroy(t *testing.T) {
	t.Parallel()
	const each = `resource "safetyculture_service_user_token" "test" {
  for_each        = toset([%s])
  name            = "t"
  all_permissions = true
  lifecycle {
    destroy = false
  }
}
`
	for name, c := range map[string]struct {
		config   string
		args     []string
		ended    bool // by Terraform
		tofuCode int
	}{
		"destroy":          {fmt.Sprintf(each, `"a"`), []string{"destroy", "-auto-approve"}, false, 1}, // OpenTofu calls it an error that something is left
		"key is removed":   {fmt.Sprintf(each, ``), []string{"apply", "-auto-approve"}, false, 0},
		"block is removed": {"", []string{"apply", "-auto-approve"}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.NeedsForget.OrSkip(t)
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			w.Write("main.tf", fmt.Sprintf(each, `"a"`))
			w.Expect(0, "init")
			w.Expect(0, "apply", "-auto-approve")
			secret := w.SecretInState()
			w.Emulator.ForgetCalls()
			w.Write("main.tf", c.config)
			tofu := acctest.UsedCLI(t).Tofu
			w.Expect(map[bool]int{true: c.tofuCode}[tofu], c.args...)
			ended := c.ended && !tofu
			if ended {
				w.ExpectWrites("RevokeServiceUserToken", "DeleteServiceUserToken")
			} else {
				w.ExpectWrites()
			}
			if w.Emulator.Accepts(secret) == ended || len(w.TokensInState()) > 0 {
				t.Errorf("the secret works: %t; %d tokens in state", w.Emulator.Accepts(secret), len(w.TokensInState()))
			}
		})
	}
}
