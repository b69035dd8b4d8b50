package binary_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestAccQuota_refusalsAreExplainedOnce(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", `resource "safetyculture_service_user_token" "test" {
  count           = 25
  name            = "t${count.index}"
  all_permissions = true
}`)
	w.Expect(0, "plan", "-no-color")
	said := unwrapped(w.Output.String())
	acctest.ExpectContains(t, said, "More tokens are planned than slots are free", "0 of 20", "20 slots are free", "creates 21 tokens or more")
	w.Output.Reset()
	w.Expect(1, "apply", "-auto-approve", "-no-color")
	said = unwrapped(w.Output.String())
	full, short := strings.Count(said, "Revoke a token that nobody needs, then run again."), strings.Count(said, "Same cause as another error in this run: no slot was free: the limit is 20 active service user tokens. That error explains what to do.")
	if full != 1 || short != 4 || strings.Count(said, "Error:") != 5 {
		t.Errorf("in full %d times, shortly %d times: %s", full, short, said)
	}
	w.Expect(0, "destroy", "-auto-approve")
}
