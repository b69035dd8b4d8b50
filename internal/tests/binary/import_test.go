package binary_test

import (
	"fmt"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// As the guides say: the CLI can write the configuration of an import, and a precondition stops a null secret.
func TestAccBinary_importAndHandOver(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.CreateOutside("power-bi-export", "Reporting")
	const block = "import {\n  %sto = %s\n  id = \"name:power-bi-export\"\n}\n"
	// While it generates, Terraform 1.16 takes the provider only from the import block; afterwards, every CLI refuses that line.
	const which = "provider = safetyculture\n  "
	w.Write("main.tf", fmt.Sprintf(block, which, acctest.Address))
	w.Expect(0, "plan", "-generate-config-out=imported.tf")
	w.Output.Reset()
	w.Expect(1, "plan", "-no-color")
	words := "can only be specified in import blocks that will generate configuration"
	if acctest.UsedCLI(t).Tofu {
		words = "Invalid import provider argument"
	}
	acctest.ExpectContains(t, unwrapped(w.Output.String()), words)
	w.Write("main.tf", fmt.Sprintf(block, "", acctest.Address))
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
