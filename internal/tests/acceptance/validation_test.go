package acceptance_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The same through the CLI: the error must come before anything is sent or changed, at plan, or at apply for values that are
// only then known.
func TestAccValidation_beforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	const late = `resource "terraform_data" "x" { input = "1" }
resource "safetyculture_service_user_token" "test" {
  name               = "t"
  permission_set_ids = terraform_data.x.output == "1" ? null : ["x"]
}`
	e.Run(
		resource.TestStep{Config: e.Config(broad, " t"), ExpectError: regexp.MustCompile(`white\s+space`)},
		resource.TestStep{Config: e.Config(`resource "safetyculture_service_user_token" "test" { name = "t" }`), ExpectError: regexp.MustCompile(`Missing permissions`)},
		resource.TestStep{Config: e.Config(late), ExpectError: regexp.MustCompile(`Missing permissions`)},
	)
	e.ExpectWrites()
}
