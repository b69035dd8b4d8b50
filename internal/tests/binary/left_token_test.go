package binary_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A create whose response was lost: the error names the token that it may have created, state has none, and nothing is
// revoked. The next apply creates another token and does not touch the first one; only the user knows whose it is.
func TestAccBinary_lostCreate_isNamedAndNotTouched(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", acctest.OneToken)
	w.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Call: 1, Cut: emulator.CutAfter})
	w.Expect(1, "apply", "-auto-approve", "-no-color")
	left := w.OnlyToken()
	words := strings.Join(strings.Fields(strings.ReplaceAll(w.Output.String(), "│", "")), " ")
	acctest.ExpectContains(t, words, "One of these tokens may be the one that this request created; nobody has its secret", left.ID+", created 20", "none was touched and none is in state", "-invoke")
	if strings.Contains(words, "safe to run again") {
		t.Error("it calls safe what it cannot know")
	}
	w.ExpectWrites("CreateServiceUserToken")

	w.Emulator.Heal()
	w.Outside = append(w.Outside, left.ID)
	w.Expect(0, "apply", "-auto-approve")
	w.ExpectWrites("CreateServiceUserToken")
	if token := w.OnlyToken(); token.ID == left.ID || !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the secret in state does not work")
	}
	if now, _ := w.Emulator.Token(left.ID); now.Status != "TOKEN_STATUS_ACTIVE" {
		t.Error("the first token was touched")
	}
	w.Expect(0, "plan", "-detailed-exitcode")
}
