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
	life := func(name, trigger, method string) string {
		return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name              = %q
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { a = %q }
}
data "safetyculture_service_user_tokens" "all" {}
output "secret" {
  value     = safetyculture_service_user_token.test.token
  sensitive = true
}`, name, method, trigger)
	}
	w.Write("main.tf", life("t", "1", "replace"))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", life("renamed", "2", "replace"))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", life("renamed", "3", "regenerate"))
	w.Expect(0, "apply", "-auto-approve")
	w.RegenerateOutside(w.OnlyToken().ID)
	w.Expect(0, "plan", "-no-color")
	w.Emulator.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	w.Expect(1, "apply", "-auto-approve")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Status: 500, Call: 1, Body: fmt.Sprintf(`{"code":13,"message":"could not use %s for %s"}`, w.Emulator.Bearer(), w.Secrets()[0])})
	w.Write("main.tf", life("again", "3", "regenerate"))
	w.Expect(1, "apply", "-auto-approve")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=wrong-but-secret"
	w.Expect(1, "plan")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=" + w.Emulator.Bearer()
	w.Expect(0, "destroy", "-auto-approve")
	noSecretIsPrinted(7, "wrong-but-secret")
}
