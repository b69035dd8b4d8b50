package acceptance_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestAccDataSource_byNameDuringARotation(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = "alpha"
  all_permissions   = true
  rotation_triggers = { v = %q }
  lifecycle { create_before_destroy = true }
}
data "safetyculture_service_user_token" "d" {
  %s
  depends_on = [safetyculture_service_user_token.test]
}`
	const byName, byID = `name = safetyculture_service_user_token.test.name`, `id = safetyculture_service_user_token.test.id`
	e.Run(
		resource.TestStep{Config: e.Config(config, "1", byName)},
		resource.TestStep{Config: e.Config(config, "2", byName), ExpectError: regexp.MustCompile(`(?s)2\s+tokens\s+are\s+named\s+"alpha".*rotation\s+may\s+be\s+in\s+progress.*safetyculture_service_user_token\.x\.id`)},
		resource.TestStep{Config: e.Config(config, "2", byID)},
	)
}
