package binary_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestAccBinary_savedPlanAppliedWithAnotherCredential(t *testing.T) {
	t.Parallel()
	const replaced = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_triggers = { v = "V" }
  lifecycle { create_before_destroy = CBD }
}`
	config := func(v, createFirst string) string {
		return strings.NewReplacer(`"V"`, `"`+v+`"`, "CBD", createFirst).Replace(replaced)
	}
	for name, c := range map[string]struct {
		before, after string
		says          string
	}{
		"create":                 {"", config("1", "false"), "inconsistent final plan"},
		"replace, create first":  {config("1", "true"), config("2", "true"), "inconsistent final plan"},
		"replace, destroy first": {config("1", "false"), config("2", "false"), "not to "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			organization, stranger := w.Emulator.AddOrganization()
			own := w.Variables
			w.Write("main.tf", c.before)
			w.Expect(0, "apply", "-auto-approve")
			w.Emulator.ForgetCalls()
			w.Write("main.tf", c.after)
			w.Expect(0, "plan", "-out=saved")
			w.Variables = append([]string{"SAFETYCULTURE_API_TOKEN=" + stranger}, own[1:]...)
			w.Output.Reset()
			w.Expect(1, "apply", "-no-color", "saved")
			acctest.ExpectContains(t, w.Output.String(), c.says)
			w.Variables = own
			w.Expect(0, "plan", "-out=saved")
			w.Variables = []string{"SAFETYCULTURE_API_TOKEN=" + stranger, own[1], "SAFETYCULTURE_ORGANIZATION_ID=" + w.Emulator.OrganizationID()}
			w.Output.Reset()
			w.Expect(1, "apply", "-no-color", "saved")
			acctest.ExpectContains(t, unwrapped(w.Output.String()), "Cannot use the provider's credential", "belongs to organization "+organization+", not to "+w.Emulator.OrganizationID())
			w.ExpectWrites()
			w.Variables = own
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(0, "plan", "-detailed-exitcode")
			w.Expect(0, "destroy", "-auto-approve")
		})
	}
}

func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(text)), " ")
}
