package examples_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The guide says what to do when more tokens are due together than slots are free: apply again until it succeeds, or one token
// at a time. Neither loses a token on the way.
func TestAccManyTokens_dueTogetherWithOneFreeSlot(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c"}
	w := acctest.NewWorkspace(t, func(o *emulator.Options) { o.ActiveTokenLimit = len(names) + 1 })
	w.Write("main.tf", `variable "rotation" {
  type    = number
  default = 1
}
resource "safetyculture_service_user_token" "integration" {
  for_each          = toset(["`+strings.Join(names, `", "`)+`"])
  name              = each.key
  all_permissions   = true
  rotation_triggers = { rotation = var.rotation }
  lifecycle {
    create_before_destroy = true
  }
}`)
	w.Expect(0, "apply", "-auto-approve")
	expectAll := func() {
		t.Helper()
		if active := w.Emulator.ActiveTokens(); len(active) != len(names) {
			t.Errorf("%d tokens are active", len(active))
		}
	}
	for runs, code := 1, 1; code != 0; runs++ { // each run rotates at least one
		code, _ = w.RunCLI("apply", "-auto-approve", "-var=rotation=2")
		expectAll()
		if runs > len(names) {
			t.Fatalf("not done after %d runs", runs)
		}
	}
	for _, name := range names {
		w.Expect(0, "apply", "-auto-approve", "-var=rotation=3", fmt.Sprintf("-target=safetyculture_service_user_token.integration[%q]", name))
		expectAll()
	}
	w.Expect(0, "plan", "-detailed-exitcode", "-var=rotation=3")
}
