package binary_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// driftLines are the resource_drift lines of a refresh-only plan.
func driftLines(w *acctest.Workspace) []string {
	w.T.Helper()
	var drift []string
	_, out := w.RunCLI("plan", "-refresh-only", "-json")
	for line := range strings.Lines(out) {
		var message struct{ Type string }
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "resource_drift" {
			drift = append(drift, line)
		}
	}
	return drift
}

// A drift job reports nothing after mere use of the token, and every change.
func TestAccBinary_driftJob(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", acctest.OneToken)
	w.Expect(0, "apply", "-auto-approve")
	id := w.OnlyToken().ID
	w.Must(w.Emulator.UseToken(id))
	w.Expect(0, "plan", "-detailed-exitcode")
	if drift := driftLines(w); len(drift) != 0 {
		t.Errorf("after mere use: %v", drift)
	}
	other := "renamed"
	for name, change := range map[string]func() error{
		"rename": func() error { return w.Emulator.EditToken(id, emulator.TokenEdit{Name: &other}) },
		"narrowing": func() error {
			return w.Emulator.EditToken(id, emulator.TokenEdit{PermissionSetIDs: []string{w.Emulator.PermissionSetID("Reporting")}})
		},
		"revocation": func() error { return w.Emulator.RevokeToken(id) },
		"regenerate": func() error { w.RegenerateOutside(id); return nil },
	} {
		w.Must(change())
		w.Expect(2, "plan", "-detailed-exitcode")
		if drift := driftLines(w); len(drift) != 1 || strings.Contains(drift[0], "scapi_") {
			t.Errorf("after %s: %v", name, drift)
		}
		w.Expect(0, "apply", "-auto-approve")
		id = w.OnlyToken().ID
	}
}

// The text of a plan that rotates, as Terraform writes it (OpenTofu's differs).
func TestAccBinary_planSaysWhy(t *testing.T) {
	t.Parallel()
	if acctest.UsedCLI(t).Tofu {
		t.Skip("OpenTofu words plan lines differently; the plan's JSON is tested on both")
	}
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", acctest.OneToken)
	w.Expect(0, "apply", "-auto-approve")
	w.Must(w.Emulator.RevokeToken(w.OnlyToken().ID))
	acctest.ExpectContains(t, w.Expect(0, "plan", "-no-color"), `status                 = "revoked" -> (known after apply) # forces replacement`, "-/+ resource", `Token "t" will have a new secret`)
	w.Expect(0, "apply", "-auto-approve")
	w.RegenerateOutside(w.OnlyToken().ID)
	acctest.ExpectContains(t, w.Expect(0, "plan", "-no-color"), `status                 = "superseded" -> (known after apply) # forces replacement`)
}

// A saved plan that is applied after a change outside converges, or fails with a reason. No secret is lost.
func TestAccBinary_savedPlanAfterAChangeOutside(t *testing.T) {
	t.Parallel()
	other := "renamed outside"
	for name, c := range map[string]struct {
		happens func(w *acctest.Workspace, id string)
		code    int
		words   string
	}{
		"nothing": {func(*acctest.Workspace, string) {}, 0, ""},
		"renamed": {func(w *acctest.Workspace, id string) {
			w.Must(w.Emulator.EditToken(id, emulator.TokenEdit{Name: &other}))
		}, 0, ""},
		"used":    {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.UseToken(id)) }, 0, ""},
		"revoked": {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)) }, 1, "Plan again"},
		"gone": {func(w *acctest.Workspace, id string) {
			w.Must(w.Emulator.RevokeToken(id))
			w.Must(w.Emulator.DeleteToken(id))
		}, 1, "Plan again"},
		"replaced": {func(w *acctest.Workspace, id string) { w.RegenerateOutside(id) }, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Write("main.tf", acctest.OneToken)
			w.Expect(0, "apply", "-auto-approve")
			w.Write("main.tf", strings.ReplaceAll(acctest.OneToken, `"t"`, `"planned"`))
			w.Expect(0, "plan", "-out=saved")
			c.happens(w, w.OnlyToken().ID)
			w.Expect(c.code, "apply", "saved")
			acctest.ExpectContains(t, w.Output.String(), c.words)
			// In every case, one more apply converges.
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(0, "plan", "-detailed-exitcode")
			if token := w.OnlyToken(); token.Name != "planned" || token.Status != "TOKEN_STATUS_ACTIVE" || !w.Emulator.Accepts(w.SecretInState()) {
				t.Errorf("ended with %+v", token)
			}
		})
	}
}
