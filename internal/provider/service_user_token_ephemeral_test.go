package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// oneRun configures a second provider instance with an ephemeral token.
const oneRun = `ephemeral "safetyculture_service_user_token" "run" {
  name            = "run"
  all_permissions = true
}
provider "safetyculture" {
  alias     = "run"
  api_token = ephemeral.safetyculture_service_user_token.run.token
}
data "safetyculture_service_user_tokens" "all" {
  provider = safetyculture.run
}
resource "safetyculture_service_user_token" "made" {
  provider        = safetyculture.run
  name            = "made by the run"
  all_permissions = true
}`

// opened is how many ephemeral tokens were made.
func (w *workspace) opened() int {
	n := 0
	for _, call := range w.em.CallsOf("CreateServiceUserToken") {
		if call.Acted && call.CallerID == w.em.CallerID() {
			n++
		}
	}
	return n
}

// leftBehind lists ephemeral tokens that still exist, active or not.
func (w *workspace) leftBehind() []string {
	var left []string
	for _, token := range w.em.Tokens() {
		if strings.Contains(token.Name, " ephemeral-") {
			left = append(left, token.Name+" "+token.Status)
		}
	}
	return left
}

// However a run ends, no ephemeral token is left, active or not, and none is in state.
func TestEphemeral_leavesNothingBehind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  emulator.Fault
		args   []string
		code   int
		opened int
	}{
		"plan":               {args: []string{"plan"}, opened: 1},
		"apply":              {args: []string{"apply", "-auto-approve"}, opened: 2},
		"failed plan":        {fault: emulator.Fault{Operation: "ListServiceUserTokens", Call: 2, Status: 403}, args: []string{"plan"}, code: 1, opened: 1},
		"failed apply":       {fault: emulator.Fault{Operation: "CreateServiceUserToken", Call: 3, Status: 403}, args: []string{"apply", "-auto-approve"}, code: 1, opened: 2},
		"lost answer to it":  {fault: emulator.Fault{Operation: "CreateServiceUserToken", Call: 1, Cut: emulator.CutAfter}, args: []string{"plan"}, code: 1, opened: 1},
		"close fails once":   {fault: emulator.Fault{Operation: "DeleteServiceUserToken", Call: 1, Status: 500}, args: []string{"plan"}, code: 1, opened: 1},
		"close cannot speak": {fault: emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Cut: emulator.CutBefore}, args: []string{"plan"}, code: 1, opened: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			bystander, _ := w.makeForeign("by hand")
			w.write("main.tf", oneRun)
			if c.fault.Operation != "" {
				w.em.Fail(c.fault)
			}
			w.expect(c.code, c.args...)
			if left := w.leftBehind(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if n := w.opened(); n != c.opened {
				t.Errorf("opened %d times, want %d", n, c.opened)
			}
			if token, _ := w.em.Token(bystander.ID); token.Status != "TOKEN_STATUS_ACTIVE" {
				t.Error("another token was touched")
			}
			for _, secret := range w.secretsSoFar() {
				if strings.Contains(w.output.String(), secret) {
					t.Error("a secret was printed")
				}
			}
		})
	}
}

func TestEphemeral_nameExpiryAndPermissions(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	w := workspaceIn(e)
	w.serve()
	var seen []emulator.Token
	w.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Before: func() { seen = append(seen, w.em.ActiveTokens()...) }})
	reporting := w.em.PermissionSetID("Platform administration")
	w.write("main.tf", strings.Replace(oneRun[:strings.Index(oneRun, "resource")], "all_permissions = true", "permission_set_ids = [\""+reporting+"\"]", 1))
	w.expect(0, "plan")
	if len(seen) != 1 || !strings.HasPrefix(seen[0].Name, "run ephemeral-") || len(seen[0].Name) != len("run ephemeral-")+8 || seen[0].InactivityExpiryDays != 31 || !slices.Equal(seen[0].PermissionSetIDs, []string{reporting}) {
		t.Errorf("opened %+v", seen)
	}
	for bad, words := range map[string]string{
		`name = "x"`: "Missing permissions",
		"name = \"x\"\n all_permissions = true\n permission_set_ids = [\"a\"]": "Conflicting permissions",
		"name = \"" + strings.Repeat("a", 81) + "\"\n all_permissions = true":  "at most 80",
		"name = \"x \"\n all_permissions = true":                               "white space",
		"name = \"x\"\n all_permissions = true\n inactivity_expiry_days = 30":  "inactivity_expiry_days",
	} {
		w.output.Reset()
		w.write("main.tf", "ephemeral \"safetyculture_service_user_token\" \"x\" {\n"+bad+"\n}")
		w.expect(1, "plan")
		mentions(t, strings.Join(strings.Fields(w.output.String()), " "), words)
	}
}

// A read-only provider opens none.
func TestEphemeral_readOnly(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.variables = append(w.variables, "SAFETYCULTURE_READ_ONLY=true")
	w.write("main.tf", oneRun)
	w.expect(1, "plan")
	mentions(t, w.output.String(), "read-only")
	w.expectChanges()
}
