package provider_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// runChecks runs the examples' script in the workspace's folder and returns its exit code and what it said.
func (w *workspace) runChecks(args ...string) (int, string) {
	w.t.Helper()
	script, err := filepath.Abs(filepath.Join(examplesDir, "run-checks.sh"))
	w.must(err)
	command := exec.CommandContext(w.t.Context(), "bash", append([]string{script}, args...)...)
	command.Dir = w.dir
	command.Env = append(append(w.inherited(), w.variables...), "TERRAFORM="+w.cli)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err = command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), strings.Join(strings.Fields(said.String()), " ") // the CLI breaks lines between words
}

// says runs the checks and fails the test unless they end so and say that.
func (w *workspace) says(code int, words ...string) {
	w.t.Helper()
	got, said := w.runChecks()
	if got != code {
		w.t.Errorf("exit code %d, want %d: %s", got, code, said)
	}
	mentions(w.t, said, words...)
}

func TestExample_scim(t *testing.T) {
	t.Parallel()
	const noUsers, noGroups = `"Platform management: Users" (platform_management_users) is missing in `, `"Platform management: Groups" (platform_management_groups) is missing in `
	w := inExample(t, "scim")
	w.expect(0, "apply", "-auto-approve")
	w.says(0, "All checks hold.")
	token := w.only()
	w.must(w.em.EditToken(token.ID, tokenPermissions(w.em.PermissionSetID("Users only"))))
	w.says(2, noGroups+"token "+token.ID+".")
	w.must(w.em.EditToken(token.ID, tokenPermissions(w.em.PermissionSetID("Reporting"))))
	w.says(2, noUsers+"token "+token.ID+".", noGroups+"token "+token.ID+".")
	// Also when a rotation is pending, which leaves the id unknown, and for every token of the name.
	twin, _ := w.makeForeign("scim-provisioning", "Users only")
	w.makeForeign("not for SCIM", "Reporting")
	code, said := w.runChecks("-replace=safetyculture_service_user_token.scim")
	mentions(t, said, noUsers+"token "+token.ID+".", noGroups+"token ", "token "+token.ID, "token "+twin.ID)
	if code != 2 || strings.Contains(said, "known after apply") {
		t.Errorf("exit code %d: %s", code, said)
	}
	w.must(w.em.RevokeToken(twin.ID))
	w.expect(0, "apply", "-auto-approve")
	w.says(0, "All checks hold.")
	// And before an apply takes a permission away.
	w.variable("permission_set_names", `["Users only"]`)
	w.says(2, noGroups+"this configuration.")
	w.variable("scim_permissions", `{users = "platform_management_users", groups = "platform_management_users"}`)
	w.says(0, "All checks hold.")
}

func TestExample_unmanagedTokens(t *testing.T) {
	t.Parallel()
	w := inExample(t, "unmanaged-tokens")
	w.says(0, "All checks hold.")
	managed, _ := w.makeForeign("managed")
	own, ownSecret := w.makeForeign("terraform", "Platform administration")
	w.authenticate(ownSecret)
	byHand, _ := w.makeForeign("by hand")
	w.variable("managed_token_ids", `["`+managed.ID+`"]`)
	w.says(2, "Nobody manages: by hand ("+byHand.ID+"), made by Alex Example. Import or revoke them.")
	if _, said := w.runChecks(); strings.Contains(said, managed.ID) || strings.Contains(said, own.ID) {
		t.Errorf("a token that is managed, or its own, is reported: %s", said)
	}
	w.variable("ignored_names", `["by hand"]`)
	w.says(0, "All checks hold.")

	w.clock.Advance(31 * day)
	w.must(w.em.UseToken(managed.ID))
	w.says(2, "Unused for 30 days or more: by hand ("+byHand.ID+"), last used never. Revoke what nobody needs.")
	w.variable("unused_for_days", "32")
	w.says(0, "All checks hold.")
	w.expectChanges()
}

// A token that was opened and never closed is found a day later, by the name that the provider gave it, and no other is.
func TestExample_leftoverEphemeralTokens(t *testing.T) {
	t.Parallel()
	w := inExample(t, "leftover-ephemeral-tokens")
	w.makeForeign("by hand")
	w.makeForeign("ephemeral-deadbeef")
	w.makeForeign("run ephemeral-by hand")
	w.says(0, "All checks hold.")
	c := w.newCore(nil)
	c.clean(c.openEphemeral("run").Diagnostics)
	left := w.only()
	w.says(0, "All checks hold.") // a run may still use it
	w.clock.Advance(day)
	w.says(2, "Left behind: "+left.Name+" ("+left.ID+"). Revoke")
	w.must(w.em.RevokeToken(left.ID))
	w.says(0, "All checks hold.")
	w.expectChanges("CreateServiceUserToken")
}

// A token that was made by hand is watched, on a host that serves what is known of the vendor's: alive, of the right
// organization, of the right owner. Looking counts as use.
func TestExample_watchAToken(t *testing.T) {
	t.Parallel()
	w := inExample(t, "watch-a-token")
	vendorLike(w.environment, gatewayNotFound)
	token, secret := w.makeForeign("made by hand", "Reporting")
	w.authenticate(secret)
	w.variable("expected_organization_id", w.em.OrganizationID())
	w.variable("expected_user_id", token.ServiceUserID)
	w.says(0, "All checks hold.")
	if seen, _ := w.em.Token(token.ID); seen.LastUsedAt == nil {
		t.Error("looking does not count as use")
	}
	for _, call := range w.em.Calls() {
		if call.Operation != "WhoAmI" {
			t.Errorf("it calls %s, which the vendor's API may not have", call.Operation)
		}
	}
	w.variable("expected_user_id", "user_of_another")
	w.says(2, "The token belongs to "+token.ServiceUserID+", not to user_of_another.")
	w.variable("expected_user_id", token.ServiceUserID)
	w.variable("expected_organization_id", "role_of_another")
	w.says(2, "The token belongs to organization "+w.em.OrganizationID()+", not to role_of_another.")
	w.must(w.em.RevokeToken(token.ID))
	w.says(1, "Cannot read the caller's identity", "does not accept the provider's token")
}

// The provider that `make install` builds makes Terraform warn. That is no check that fails.
func TestBinary_runChecks(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.write("main.tf", `variable "limit" {
  type = number
}
data "safetyculture_service_user_tokens" "all" {}
check "limit" {
  assert {
    condition     = data.safetyculture_service_user_tokens.all.active_limit == var.limit
    error_message = "The limit is another."
  }
}`)
	w.variable("limit", "20")
	w.says(0, "All checks hold.")
	w.variable("limit", "21")
	w.says(2, "Warning: Check block assertion failed", "The limit is another.")
}

// A configuration that cannot be planned is not one whose checks hold.
func TestExample_runChecksFails(t *testing.T) {
	t.Parallel()
	w := inExample(t, "unmanaged-tokens")
	w.authenticate("wrong")
	w.says(1, "Cannot", "does not accept the provider's token")
}

// A user's own terraform test, on the mock and on the emulator. It leaves nothing behind.
func TestExample_terraformTest(t *testing.T) {
	t.Parallel()
	w := inExample(t, "modules/rotated-token")
	out := w.expect(0, "test", "-no-color", "-filter=tests/mock.tftest.hcl")
	mentions(t, out, "4 passed, 0 failed")
	if len(w.em.Calls()) != 0 {
		t.Error("the mock calls the API")
	}
	out = w.expect(0, "test", "-no-color", "-filter=tests/emulator.tftest.hcl")
	mentions(t, out, "3 passed, 0 failed")
	if left := w.em.Tokens(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	w.expectChanges("CreateServiceUserToken", "UpdateServiceUserToken",
		"CreateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken", // it rotates
		"RevokeServiceUserToken", "DeleteServiceUserToken")
}

func tokenPermissions(ids ...string) emulator.TokenEdit {
	return emulator.TokenEdit{PermissionSetIDs: ids}
}
