package binary_test

import (
	"fmt"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// What the guides say of an import: the CLI can write its configuration, and the guard of a hand-over stops a null secret.
func TestAccBinary_importAndHandOver(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.CreateOutside("power-bi-export", "Reporting")
	w.Write("main.tf", fmt.Sprintf("import {\n  to = %s\n  id = \"name:power-bi-export\"\n}\n", acctest.Address))
	w.Expect(0, "plan", "-generate-config-out=imported.tf")
	acctest.ExpectContains(t, w.Expect(0, "plan", "-no-color"), "1 to import, 0 to add, 0 to change, 0 to destroy")
	w.Write("handover.tf", fmt.Sprintf(`resource "terraform_data" "store" {
  input = sha256(jsonencode({ token = %[1]s.token }))
  lifecycle {
    precondition {
      condition     = %[1]s.token != null
      error_message = "The token was imported, so its secret is not known. Rotate it first."
    }
  }
}`, acctest.Address))
	w.Expect(1, "plan")
	acctest.ExpectContains(t, w.Output.String(), "its secret is not known")
	w.Expect(1, "apply", "-auto-approve")
	w.ExpectWrites()
	w.Expect(0, "apply", "-auto-approve", "-replace="+acctest.Address)
	w.Expect(0, "plan", "-detailed-exitcode")
	w.ExpectWrites("RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken")
}
