package binary_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Two aliases are two processes with an inventory each: tokens of the same names are kept apart, each organization is
// listed once, and events in one do not affect the other.
func TestAccManyOrganizations_separateInventories(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	other := acctest.New(t, func(o *emulator.Options) { o.Now = time.Now })
	config := "variable \"rotation\" { default = 1 }\n"
	for alias, e := range map[string]*acctest.Env{"emea": w.Env, "apac": other} {
		config += fmt.Sprintf(`
provider "safetyculture" {
  alias           = %[1]q
  api_token       = %[2]q
  base_url        = %[3]q
  organization_id = %[4]q
}
resource "safetyculture_service_user_token" %[1]q {
  provider          = safetyculture.%[1]s
  count             = 3
  name              = "same-${count.index}"
  all_permissions   = true
  rotation_triggers = { n = %[5]s }
}
data "safetyculture_service_user_tokens" %[1]q {
  provider   = safetyculture.%[1]s
  depends_on = [safetyculture_service_user_token.%[1]s]
}
output %[1]q { value = data.safetyculture_service_user_tokens.%[1]s.tokens[*].id }
`, alias, e.Emulator.Bearer(), e.URL, e.Emulator.OrganizationID(), map[string]string{"emea": "var.rotation", "apac": "1"}[alias])
	}
	w.Variables = nil
	w.Write("main.tf", config)
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.ForgetCalls()
	other.Emulator.ForgetCalls()
	w.Expect(0, "plan", "-detailed-exitcode")
	for alias, e := range map[string]*acctest.Env{"emea": w.Env, "apac": other} {
		// The active tokens for the resources, and then all of them for the data source.
		if got, want := acctest.Operations(e.Emulator.Calls()), []string{"ListServiceUserTokens", "ListServiceUserTokens", "WhoAmI"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			t.Errorf("%s: %v", alias, got)
		}
		var listed, made []string
		w.Must(json.Unmarshal([]byte(w.Expect(0, "output", "-json", alias)), &listed))
		for _, token := range e.Emulator.Tokens() {
			made = append(made, token.ID)
		}
		if slices.Sort(listed); !slices.Equal(listed, slices.Sorted(slices.Values(made))) {
			t.Errorf("%s lists %v, has %v", alias, listed, made)
		}
	}
	before := other.Emulator.Tokens()
	w.Expect(0, "apply", "-auto-approve", "-var=rotation=2")
	if len(w.Writes()) != 9 || len(other.Writes()) != 0 || !slices.EqualFunc(before, other.Emulator.Tokens(), func(a, b emulator.Token) bool { return a.ID == b.ID && a.IssuedAt.Equal(b.IssuedAt) }) {
		t.Errorf("rotating three tokens: %v here, %v in the other organization", w.Writes(), other.Writes())
	}
	w.Expect(0, "destroy", "-auto-approve")
}
