package binary_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A create whose answer is lost, and whose token cannot be removed: Terraform knows of the token, as tainted and without a
// secret, and the next apply puts another one in its place.
func TestAccToken_leftByALostCreate(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", acctest.OneToken)
	w.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Call: 1, Cut: emulator.CutAfter})
	w.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: 403})
	w.Expect(1, "apply", "-auto-approve", "-no-color")
	left := w.OnlyToken()
	acctest.ExpectContains(t, strings.Join(strings.Fields(strings.ReplaceAll(w.Output.String(), "│", "")), " "), `"`+left.ID+`") could not be removed`, "kept in state as tainted: run again, and it is replaced")
	var state struct {
		Resources []struct {
			Instances []struct {
				Status     string
				Attributes struct {
					ID    string
					Token *string
				}
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	w.Must(err)
	w.Must(json.Unmarshal(content, &state))
	if len(state.Resources) != 1 || len(state.Resources[0].Instances) != 1 {
		t.Fatalf("state: %s", content)
	}
	if in := state.Resources[0].Instances[0]; in.Status != "tainted" || in.Attributes.ID != left.ID || in.Attributes.Token != nil {
		t.Errorf("in state: %s, %s, has a secret %t", in.Status, in.Attributes.ID, in.Attributes.Token != nil)
	}

	w.Emulator.Heal()
	w.Emulator.ForgetCalls()
	w.Expect(0, "apply", "-auto-approve")
	if changes := w.Writes(); !slices.Equal(changes, []string{"RevokeServiceUserToken", "DeleteServiceUserToken", "CreateServiceUserToken"}) {
		t.Errorf("the next apply calls %v", changes)
	}
	if token := w.OnlyToken(); token.ID == left.ID || !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the secret in state does not work")
	}
	w.Expect(0, "plan", "-detailed-exitcode")
}
