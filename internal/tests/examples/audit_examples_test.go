package examples_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// runChecks runs the examples' script in the workspace's folder and returns its exit code and output.
func runChecks(w *acctest.Workspace, args ...string) (int, string) {
	w.T.Helper()
	script, err := filepath.Abs(filepath.Join(acctest.ExamplesDir, "run-checks.sh"))
	w.Must(err)
	command := exec.CommandContext(w.T.Context(), "bash", append([]string{script}, args...)...)
	command.Dir = w.Dir
	command.Env = append(append(w.Inherited(), w.Variables...), "TERRAFORM="+w.CLI)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err = command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.T.Fatal(err)
	}
	return command.ProcessState.ExitCode(), strings.Join(strings.Fields(said.String()), " ") // the CLI breaks lines between words
}

// says runs the checks and fails the test unless they exit with this code and print these words.
func says(w *acctest.Workspace, code int, words ...string) {
	w.T.Helper()
	got, said := runChecks(w)
	if got != code {
		w.T.Errorf("exit code %d, want %d: %s", got, code, said)
	}
	acctest.ExpectContains(w.T, said, words...)
}

func TestAccExample_scim(t *testing.T) {
	t.Parallel()
	const noUsers, noGroups = `"Platform management: Users" (platform_management_users) is missing in `, `"Platform management: Groups" (platform_management_groups) is missing in `
	w := inExample(t, "scim")
	w.Expect(0, "apply", "-auto-approve")
	says(w, 0, "All checks hold.")
	token := w.OnlyToken()
	w.Must(w.Emulator.EditToken(token.ID, tokenPermissions(w.Emulator.PermissionSetID("Users only"))))
	says(w, 2, noGroups+"token "+token.ID+".")
	w.Must(w.Emulator.EditToken(token.ID, tokenPermissions(w.Emulator.PermissionSetID("Reporting"))))
	says(w, 2, noUsers+"token "+token.ID+".", noGroups+"token "+token.ID+".")
	// Also if a rotation is pending, which makes the id unknown, and for every token of the name.
	twin, _ := w.CreateOutside("scim-provisioning", "Users only")
	w.CreateOutside("not for SCIM", "Reporting")
	code, said := runChecks(w, "-replace=safetyculture_service_user_token.scim")
	acctest.ExpectContains(t, said, noUsers+"token "+token.ID+".", noGroups+"token ", "token "+token.ID, "token "+twin.ID)
	if code != 2 || strings.Contains(said, "known after apply") {
		t.Errorf("exit code %d: %s", code, said)
	}
	w.Must(w.Emulator.RevokeToken(twin.ID))
	w.Expect(0, "apply", "-auto-approve")
	says(w, 0, "All checks hold.")
	// And before an apply removes a permission.
	variable(w, "permission_set_names", `["Users only"]`)
	says(w, 2, noGroups+"this configuration.")
	variable(w, "scim_permissions", `{users = "platform_management_users", groups = "platform_management_users"}`)
	says(w, 0, "All checks hold.")
}

func TestAccExample_unmanagedTokens(t *testing.T) {
	t.Parallel()
	w := inExample(t, "unmanaged-tokens")
	says(w, 0, "All checks hold.")
	managed, _ := w.CreateOutside("managed")
	own, ownSecret := w.CreateOutside("terraform", "Platform administration")
	w.UseCredential(ownSecret)
	byHand, _ := w.CreateOutside("by hand")
	variable(w, "managed_token_ids", `["`+managed.ID+`"]`)
	says(w, 2, "Nobody manages: by hand ("+byHand.ID+"), made by Alex Example. Import or revoke them.")
	if _, said := runChecks(w); strings.Contains(said, managed.ID) || strings.Contains(said, own.ID) {
		t.Errorf("a token that is managed, or its own, is reported: %s", said)
	}
	variable(w, "ignored_names", `["by hand"]`)
	says(w, 0, "All checks hold.")

	twin, _ := w.CreateOutside("managed")
	says(w, 2, "Never used, with the name of a managed token: managed ("+twin.ID+"), created ")
	w.Must(w.Emulator.RevokeToken(twin.ID))

	w.Clock.Advance(31 * acctest.Day)
	w.Must(w.Emulator.UseToken(managed.ID))
	says(w, 2, "Unused for 30 days or more: by hand ("+byHand.ID+"), last used never. Revoke what nobody needs.")
	variable(w, "unused_for_days", "32")
	says(w, 0, "All checks hold.")
	w.ExpectWrites()
}

// An ephemeral token that was never closed is found a day later by its name, and no other token is.
func TestAccExample_leftoverEphemeralTokens(t *testing.T) {
	t.Parallel()
	w := inExample(t, "leftover-ephemeral-tokens")
	w.CreateOutside("by hand")
	w.CreateOutside("ephemeral-deadbeef")
	w.CreateOutside("run ephemeral-by hand")
	says(w, 0, "All checks hold.")
	c := w.NewProvider()
	c.NoErrors(c.OpenEphemeral("run").Diagnostics)
	left := w.OnlyToken()
	says(w, 0, "All checks hold.") // a run may still use it
	w.Clock.Advance(acctest.Day)
	says(w, 2, "Left behind: "+left.Name+" ("+left.ID+"). Revoke")
	w.Must(w.Emulator.RevokeToken(left.ID))
	says(w, 0, "All checks hold.")
	w.ExpectWrites("CreateServiceUserToken")
}

// A token that was created by hand is watched on a host that serves the known part of the vendor's API: it works, and has the
// right organization and owner. The check counts as use.
func TestAccExample_watchAToken(t *testing.T) {
	t.Parallel()
	w := inExample(t, "watch-a-token")
	acctest.VendorLike(w.Env, acctest.GatewayNotFound)
	token, secret := w.CreateOutside("made by hand", "Reporting")
	w.UseCredential(secret)
	variable(w, "expected_organization_id", w.Emulator.OrganizationID())
	variable(w, "expected_user_id", token.ServiceUserID)
	says(w, 0, "All checks hold.")
	if seen, _ := w.Emulator.Token(token.ID); seen.LastUsedAt == nil {
		t.Error("looking does not count as use")
	}
	for _, call := range w.Emulator.Calls() {
		if call.Operation != "WhoAmI" {
			t.Errorf("it calls %s, which the vendor's API may not have", call.Operation)
		}
	}
	variable(w, "expected_user_id", "user_of_another")
	says(w, 2, "The token belongs to "+token.ServiceUserID+", not to user_of_another.")
	variable(w, "expected_user_id", token.ServiceUserID)
	variable(w, "expected_organization_id", "role_of_another")
	says(w, 2, "The token belongs to organization "+w.Emulator.OrganizationID()+", not to role_of_another.")
	w.Must(w.Emulator.RevokeToken(token.ID))
	says(w, 1, "Cannot read the caller's identity", "does not accept the provider's token")
}

// Terraform warns about the provider that `make install` builds. This warning is no failed check.
func TestAccBinary_runChecks(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", `variable "limit" {
  type = number
}
data "safetyculture_service_user_tokens" "all" {}
check "limit" {
  assert {
    condition     = data.safetyculture_service_user_tokens.all.active_limit == var.limit
    error_message = "The limit is another."
  }
}`)
	variable(w, "limit", "20")
	says(w, 0, "All checks hold.")
	variable(w, "limit", "21")
	says(w, 2, "Warning: Check block assertion failed", "The limit is another.")
}

// If the configuration cannot be planned, the checks fail.
func TestAccExample_runChecksFails(t *testing.T) {
	t.Parallel()
	w := inExample(t, "unmanaged-tokens")
	w.UseCredential("wrong")
	says(w, 1, "Cannot", "does not accept the provider's token")
}

// A user's own terraform test, with mocks and on the emulator. It leaves no token behind.
func TestAccExample_terraformTest(t *testing.T) {
	t.Parallel()
	w := inExample(t, "modules/rotated-token")
	out := w.Expect(0, "test", "-no-color", "-filter=tests/mock.tftest.hcl")
	acctest.ExpectContains(t, out, "4 passed, 0 failed")
	if len(w.Emulator.Calls()) != 0 {
		t.Error("the mock calls the API")
	}
	out = w.Expect(0, "test", "-no-color", "-filter=tests/emulator.tftest.hcl")
	acctest.ExpectContains(t, out, "3 passed, 0 failed")
	if left := w.Emulator.Tokens(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	w.ExpectWrites("CreateServiceUserToken", "UpdateServiceUserToken",
		"CreateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken", // it rotates
		"RevokeServiceUserToken", "DeleteServiceUserToken")
}

func tokenPermissions(ids ...string) emulator.TokenEdit {
	return emulator.TokenEdit{PermissionSetIDs: ids}
}
