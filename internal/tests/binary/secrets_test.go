package binary_test

import (
	"fmt"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A token's life at TRACE, with errors and warnings: no secret leaves the state. The configuration does not use terraform_data,
// because Terraform 1.11 itself logs its values at DEBUG.
func TestAccBinary_noSecretIsEverPrinted(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	noSecretIsPrinted := w.Trace()
	liveWith(w, "")
	noSecretIsPrinted(7, "wrong-but-secret")
	found, searched := w.SecretsInStateFiles()
	t.Logf("%d bytes of state, backups and saved plans searched, %d occurrences", searched, found)
	if found == 0 {
		t.Error("no secret was found in state: the search finds nothing")
	}
}

// The same life with readers from the start: no secret is anywhere, not even in state.
func TestAccBinary_noSecretIsAnywhere(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	r := acctest.NewReader()
	noSecretIsPrinted := w.Trace()
	liveWith(w, fmt.Sprintf(`
  age_recipients         = [%q, %q]
  sealed_box_public_keys = { repository = %q }`, r.Age, r.SSH, r.Box))
	noSecretIsPrinted(7, "wrong-but-secret")
	found, searched := w.SecretsInStateFiles()
	t.Logf("%d bytes of state, backups and saved plans searched, %d occurrences", searched, found)
	if found > 0 || searched < 10_000 {
		t.Errorf("%d occurrences of secrets in %d bytes", found, searched)
	}
}

// liveWith creates, changes, rotates and loses a token with these arguments, and continues after each error.
func liveWith(w *acctest.Workspace, arguments string) {
	life := func(name, trigger, method string) string {
		return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name              = %q
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { a = %q }%s
}
data "safetyculture_service_user_tokens" "all" {}
output "secret" {
  value     = safetyculture_service_user_token.test.token
  sensitive = true
}
output "encrypted" {
  value = [safetyculture_service_user_token.test.encrypted_token, safetyculture_service_user_token.test.sealed_box_tokens]
}`, name, method, trigger, arguments)
	}
	w.Write("main.tf", life("t", "1", "replace"))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", life("renamed", "2", "replace"))
	w.Expect(0, "plan", "-out=replace.tfplan")
	w.Expect(0, "apply", "replace.tfplan")
	w.Write("main.tf", life("renamed", "3", "regenerate"))
	w.Expect(0, "plan", "-out=regenerate.tfplan")
	w.Expect(0, "apply", "regenerate.tfplan")
	w.RegenerateOutside(w.OnlyToken().ID)
	w.Expect(0, "plan", "-no-color")
	w.Emulator.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	w.Expect(1, "apply", "-auto-approve")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Status: 500, Call: 1, Body: fmt.Sprintf(`{"code":13,"message":"could not use %s for %s"}`, w.Emulator.Bearer(), w.Secrets()[0])})
	w.Write("main.tf", life("again", "3", "regenerate"))
	w.Expect(1, "apply", "-auto-approve")
	w.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	w.Write("main.tf", life("lost", "4", "replace"))
	w.Expect(1, "apply", "-auto-approve")
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-out=destroy.tfplan", "-destroy")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=wrong-but-secret"
	w.Expect(1, "plan")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=" + w.Emulator.Bearer()
	w.Expect(0, "apply", "destroy.tfplan")
}
