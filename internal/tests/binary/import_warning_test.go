package binary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestAccImport_manyWarnOnce(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	for i := range 12 {
		w.CreateOutside(fmt.Sprintf("svc-%02d", i))
	}
	w.Write("main.tf", `locals { names = toset([for i in range(12) : format("svc-%02d", i)]) }
import {
  for_each = local.names
  to       = safetyculture_service_user_token.x[each.key]
  id       = "name:${each.key}"
}
resource "safetyculture_service_user_token" "x" {
  for_each        = local.names
  name            = each.key
  all_permissions = true
}`)
	w.Expect(0, "apply", "-auto-approve", "-no-color")
	said := unwrapped(w.Output.String())
	if n := strings.Count(said, "is imported without its secret"); n != 1 {
		t.Errorf("said %d times", n)
	}
	acctest.ExpectContains(t, said, `null in the state of "svc-`, "every other token that this run imports", "12 imported")
}
