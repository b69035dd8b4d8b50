package provider_test

import (
	"fmt"
	"strings"
	"testing"
)

// One token at two addresses: whoever tidies one of them away ends the token of the other. Each run says so.
func TestDuplicate_oneTokenAtTwoAddresses(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	token, secret := w.makeForeign("plain")
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
	w.write("main.tf", strings.ReplaceAll(both, "ID", token.ID)+second)
	for _, command := range [][]string{{"apply", "-auto-approve"}, {"plan"}} {
		w.output.Reset()
		w.expect(0, append(command, "-no-color")...)
		mentions(t, unwrapped(w.output.String()), `Token "plain" is at two addresses`, token.ID, "lifecycle { destroy = false }", "under another alias")
		if n := strings.Count(unwrapped(w.output.String()), "is at two addresses"); n != 1 {
			t.Errorf("%v: said %d times", command, n)
		}
	}
	// What the warning says: the other address goes, the token stays.
	w.write("main.tf", strings.ReplaceAll(both[strings.Index(both, "resource"):], "ID", token.ID)+"removed {\n  from = safetyculture_service_user_token.y\n  lifecycle {\n    destroy = false\n  }\n}\n")
	w.expect(0, "apply", "-auto-approve")
	w.output.Reset()
	w.expect(0, "plan", "-detailed-exitcode", "-no-color")
	if strings.Contains(w.output.String(), "addresses") || !w.em.Accepts(secret) {
		t.Errorf("after it was let go of: %s", w.output.String())
	}
	w.expectChanges()
}

// Whatever a run does with a token of one address, it reads it once.
func TestDuplicate_noFalseAlarm(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	for i := range 3 {
		w.makeForeign(fmt.Sprintf("by hand %d", i))
	}
	w.foreign = nil
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
	w.write("main.tf", config)
	w.expect(0, "apply", "-auto-approve")
	w.write("main.tf", strings.ReplaceAll(config, `"1" }`, `"2" }`))
	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"plan", "-refresh-only"}, {"apply", "-refresh-only", "-auto-approve"}, {"plan", "-out=saved"}, {"apply", "saved"}, {"destroy", "-auto-approve"}} {
		w.expect(0, command...)
	}
	if strings.Contains(w.output.String(), "at two addresses") {
		t.Error(w.output.String())
	}
}

// Ids that differ in letter case are one id, and a run is one configured provider.
func TestDuplicate_comparesIDs(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(basic)
	c := e.newCore(nil)
	_, first := c.read(in)
	_, second := c.read(in)
	if warningsOf(first) != "" || !strings.Contains(warningsOf(second), `Token "t" is at two addresses`) {
		t.Errorf("first: %q, second: %q", warningsOf(first), warningsOf(second))
	}
	if _, diags := e.newCore(nil).read(in); warningsOf(diags) != "" {
		t.Errorf("another run: %q", warningsOf(diags))
	}
}
