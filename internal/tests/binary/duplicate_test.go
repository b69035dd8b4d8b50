package binary_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestAccDuplicate_oneTokenAtTwoAddresses(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	token, secret := w.CreateOutside("plain")
	const both = `import {
  to = safetyculture_service_user_token.x
  id = "name:plain"
}
import {
  to = safetyculture_service_user_token.y
  id = "ID"
}
resource "safetyculture_service_user_token" "x" {
  name            = "plain"
  all_permissions = true
}
`
	const second = `resource "safetyculture_service_user_token" "y" {
  name            = "plain"
  all_permissions = true
}
`
	w.Write("main.tf", strings.ReplaceAll(both, "ID", token.ID)+second)
	for _, command := range [][]string{{"apply", "-auto-approve"}, {"plan"}} {
		w.Output.Reset()
		w.Expect(0, append(command, "-no-color")...)
		acctest.ExpectContains(t, unwrapped(w.Output.String()), `Token "plain" is at two addresses`, token.ID, "lifecycle { destroy = false }", "under another alias")
		if n := strings.Count(unwrapped(w.Output.String()), "is at two addresses"); n != 1 {
			t.Errorf("%v: said %d times", command, n)
		}
	}
	// As the warning advises: remove the other address, keep the token.
	w.Write("main.tf", strings.ReplaceAll(both[strings.Index(both, "resource"):], "ID", token.ID)+"removed {\n  from = safetyculture_service_user_token.y\n  lifecycle {\n    destroy = false\n  }\n}\n")
	w.Expect(0, "apply", "-auto-approve")
	w.Output.Reset()
	w.Expect(0, "plan", "-detailed-exitcode", "-no-color")
	if strings.Contains(w.Output.String(), "addresses") || !w.Emulator.Accepts(secret) {
		t.Errorf("after it was let go of: %s", w.Output.String())
	}
	w.ExpectWrites()
}

func TestAccDuplicate_noFalseAlarm(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	for i := range 3 {
		w.CreateOutside(fmt.Sprintf("by hand %d", i))
	}
	w.Outside = nil
	const config = `import {
  for_each = toset(["0", "1", "2"])
  to       = safetyculture_service_user_token.imported[each.key]
  id       = "name:by hand ${each.key}"
}
resource "safetyculture_service_user_token" "imported" {
  for_each        = toset(["0", "1", "2"])
  name            = "by hand ${each.key}"
  all_permissions = true
}
resource "safetyculture_service_user_token" "test" {
  count             = 3
  name              = "same"
  all_permissions   = true
  rotation_triggers = { v = "1" }
  rotation_method   = count.index == 2 ? "regenerate" : "replace"
  lifecycle { create_before_destroy = true }
}
data "safetyculture_service_user_token" "x" { id = safetyculture_service_user_token.test[0].id }
`
	w.Write("main.tf", config)
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", strings.ReplaceAll(config, `"1" }`, `"2" }`))
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"plan", "-refresh-only"}, {"apply", "-refresh-only", "-auto-approve"}, {"plan", "-out=saved"}, {"apply", "saved"}, {"destroy", "-auto-approve"}} {
		w.Expect(0, command...)
	}
	if strings.Contains(w.Output.String(), "at two addresses") {
		t.Error(w.Output.String())
	}
}
