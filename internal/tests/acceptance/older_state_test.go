package acceptance_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// asOlderWrites rewrites state as Terraform 1.11 and OpenTofu 1.11 write it: without the identity of resources.
func asOlderWrites(w *acctest.Workspace) {
	w.T.Helper()
	file := filepath.Join(w.Dir, "terraform.tfstate")
	text, err := os.ReadFile(file)
	w.Must(err)
	var state map[string]any
	w.Must(json.Unmarshal(text, &state))
	state["terraform_version"] = "1.11.0"
	for _, resource := range state["resources"].([]any) {
		for _, instance := range resource.(map[string]any)["instances"].([]any) {
			delete(instance.(map[string]any), "identity")
			delete(instance.(map[string]any), "identity_schema_version")
		}
	}
	text, err = json.Marshal(state)
	w.Must(err)
	w.Must(os.WriteFile(file, text, 0o600))
}

// A state that an older CLI has written is read, updated, rotated and destroyed by any later one, with and without a refresh.
// A CLI that keeps identities has this one's afterwards.
func TestAccOlderState(t *testing.T) {
	t.Parallel()
	with := func(name, settings string) string {
		return fmt.Sprintf("resource %q \"test\" {\n  name            = %q\n  all_permissions = true\n  %s\n}\n", acctest.ResourceType, name, settings)
	}
	regenerated := func(at string) string {
		return with("t", `rotation_method = "regenerate"`+"\n  rotation_triggers = { at = "+at+" }")
	}
	replaced := []string{"RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken"}
	renewed := []string{"RevokeServiceUserToken", "RegenerateServiceUserToken"}
	for name, c := range map[string]struct {
		before, config string
		args           []string
		writes         []string
	}{
		"read":                          {with("t", ""), with("t", ""), []string{"apply"}, nil},
		"refreshed only":                {with("t", ""), with("t", ""), []string{"apply", "-refresh-only"}, nil},
		"updated":                       {with("t", ""), with("u", ""), []string{"apply"}, []string{"UpdateServiceUserToken"}},
		"updated without a refresh":     {with("t", ""), with("u", ""), []string{"apply", "-refresh=false"}, []string{"UpdateServiceUserToken"}},
		"replaced without a refresh":    {with("t", ""), with("t", ""), []string{"apply", "-refresh=false", "-replace=" + acctest.Address}, replaced},
		"regenerated":                   {regenerated("1"), regenerated("2"), []string{"apply"}, renewed},
		"regenerated without a refresh": {regenerated("1"), regenerated("2"), []string{"apply", "-refresh=false"}, renewed},
		"deleted outside":               {with("t", ""), with("t", ""), []string{"apply"}, replaced[2:]},
		"destroyed":                     {with("t", ""), with("t", ""), []string{"destroy"}, replaced[:2]},
		"destroyed without a refresh":   {with("t", ""), with("t", ""), []string{"destroy", "-refresh=false"}, replaced[:2]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			w.Write("main.tf", c.before)
			w.Expect(0, "init")
			w.Expect(0, "apply", "-auto-approve")
			asOlderWrites(w)
			if name == "deleted outside" {
				id := w.OnlyToken().ID
				w.Must(w.Emulator.RevokeToken(id))
				w.Must(w.Emulator.DeleteToken(id))
			}
			w.Emulator.ForgetCalls()
			w.Write("main.tf", c.config)
			w.Expect(0, append(c.args, "-auto-approve")...)
			w.ExpectWrites(c.writes...)
			if c.args[0] == "destroy" {
				return
			}
			w.Expect(0, "plan", "-detailed-exitcode")
			if !w.Emulator.Accepts(w.SecretInState()) {
				t.Error("the secret in state does not work")
			}
			state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
			w.Must(err)
			keeps := acctest.NeedsIdentity.LackedBy(acctest.UsedCLI(t)) == ""
			if has := strings.Contains(string(state), `"identity":`); has != keeps && name != "read" {
				t.Errorf("state has the identity: %t, want %t", has, keeps)
			}
		})
	}
}
