package provider_test

import (
	"regexp"
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

// What an error of an ephemeral token says is so: its full name, by which it is found, and what becomes of it, which no
// state knows.
func TestEphemeral_errors(t *testing.T) {
	t.Parallel()
	const (
		lost      = "CreateServiceUserToken"
		triesMore = "The provider tries again to remove it when the run ends. If it is still listed afterwards, revoke it"
	)
	for name, c := range map[string]struct {
		faults []emulator.Fault
		closes bool
		left   int
		says   []string
	}{
		"refused": {faults: []emulator.Fault{{Operation: lost, Status: 403}}, says: []string{"Cannot open"}},
		"removed": {faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}}, says: []string{"Cannot open", "was found, revoked and deleted"}},
		"left": {
			faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}, {Operation: "RevokeServiceUserToken", Status: 403}},
			left:   1, says: []string{"Cannot open", "could not be removed", triesMore},
		},
		"not found out": {
			faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}, {Operation: "ListServiceUserTokens", Call: 2, Status: 403}},
			left:   1, says: []string{"Cannot open", "look for it in the list of tokens and revoke it"},
		},
		"not closed": {
			faults: []emulator.Fault{{Operation: "RevokeServiceUserToken", Status: 403}},
			closes: true, left: 1, says: []string{"Cannot close", triesMore},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, nil)
			core := e.newCore(nil)
			for _, fault := range c.faults {
				e.em.Fail(fault)
			}
			opened := core.openEphemeral("run")
			text := errorsOf(opened.Diagnostics)
			if c.closes {
				core.clean(opened.Diagnostics)
				text = errorsOf(core.closeEphemeral(opened))
			}
			mentions(t, text, c.says...)
			if !regexp.MustCompile(`ephemeral token "run ephemeral-[0-9a-f]{8}": `).MatchString(text) {
				t.Errorf("it does not name the token:\n%s", text)
			}
			if strings.Contains(text, "tainted") {
				t.Errorf("it speaks of a state:\n%s", text)
			}
			left := e.em.Tokens()
			if len(left) != c.left {
				t.Fatalf("left: %v", left)
			}
			if c.left > 0 && !strings.Contains(text, `"`+left[0].Name+`"`) {
				t.Errorf("it names another token than %s:\n%s", left[0].Name, text)
			}
			e.em.Heal()
			unclosed := e.open.CloseAll(t.Context(), tries(1))
			if left := e.em.Tokens(); strings.Contains(text, triesMore) && len(unclosed)+len(left) > 0 {
				t.Errorf("not removed when the run ended: %v", left)
			}
		})
	}
}

// The end of a run is the last chance: what could not be closed is tried again for as long as there is time.
func TestEphemeral_closedAtTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tries, left int
	}{"enough tries": {4, 0}, "too few": {3, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, nil)
			core := e.newCore(nil)
			core.clean(core.openEphemeral("run").Diagnostics)
			for _, operation := range []string{"RevokeServiceUserToken", "DeleteServiceUserToken"} {
				e.em.Fail(emulator.Fault{Operation: operation, Call: 1, Status: 503})
			}
			e.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 2, Cut: emulator.CutBefore})
			unclosed := e.open.CloseAll(t.Context(), tries(c.tries))
			if left := e.em.Tokens(); len(left) != c.left || len(unclosed) != c.left || (c.left > 0 && unclosed[0] != left[0].ID) {
				t.Errorf("left: %v, known: %v", left, unclosed)
			}
		})
	}
}
