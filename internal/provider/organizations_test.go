package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// manyOrganizations is the example that TestExamples cannot apply: each alias needs a process of its own, and the provider
// that a test serves is one process for all.
const manyOrganizations = "many-organizations"

// newTwoOrganizations returns a workspace with that example, and the variables of its two organizations.
func newTwoOrganizations(t *testing.T) (w *Workspace, emea, apac [2]string) {
	t.Helper()
	w = NewWorkspace(t)
	w.Must(os.Remove(filepath.Join(w.Dir, "provider.tf")))
	content, err := os.ReadFile(filepath.Join(ExamplesDir, manyOrganizations, "main.tf"))
	w.Must(err)
	w.Write("main.tf", string(content))
	organization, bearer := w.Emulator.AddOrganization()
	return w, [2]string{w.Emulator.OrganizationID(), w.Emulator.Bearer()}, [2]string{organization, bearer}
}

// as sets the example's variables: an organization and a credential for each alias.
func as(w *Workspace, emeaID, emeaToken, apacID, apacToken string) {
	w.Variables = []string{
		"SAFETYCULTURE_BASE_URL=" + w.URL,
		"TF_VAR_emea_organization_id=" + emeaID, "TF_VAR_emea_api_token=" + emeaToken,
		"TF_VAR_apac_organization_id=" + apacID, "TF_VAR_apac_api_token=" + apacToken,
	}
}

// The example is applied as it is written. Credentials that were swapped are refused before anything is read or changed,
// and once they are back nothing has happened.
func TestManyOrganizations_example(t *testing.T) {
	t.Parallel()
	w, emea, apac := newTwoOrganizations(t)
	as(w, emea[0], emea[1], apac[0], apac[1])
	w.Expect(0, "apply", "-auto-approve")
	var organizations []string
	w.Must(json.Unmarshal([]byte(w.Expect(0, "output", "-json", "organizations")), &organizations))
	if !slices.Equal(organizations, []string{emea[0], apac[0]}) {
		t.Errorf("tokens were made in %v", organizations)
	}
	w.Expect(0, "plan", "-detailed-exitcode")

	for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"destroy", "-auto-approve"}, {"apply", "-auto-approve", "-refresh=false"}} {
		as(w, emea[0], apac[1], apac[0], emea[1])
		w.Emulator.ForgetCalls()
		w.Output.Reset()
		w.Expect(1, append(command, "-no-color")...)
		ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), "belongs to organization "+apac[0]+", not to "+emea[0],
			"belongs to organization "+emea[0]+", not to "+apac[0])
		if others := slices.DeleteFunc(Operations(w.Emulator.Calls()), func(o string) bool { return o == "WhoAmI" }); len(others) > 0 {
			t.Errorf("%v: %v", command, others)
		}
	}
	as(w, emea[0], emea[1], apac[0], apac[1])
	w.Expect(0, "plan", "-detailed-exitcode")
	w.Expect(0, "destroy", "-auto-approve")
	if left := w.Emulator.Tokens(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Two aliases are two processes with an inventory each: tokens of the same names are kept apart, each organization is
// listed once, and what happens in one is no business of the other.
func TestManyOrganizations_separateInventories(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	other := New(t, func(o *emulator.Options) { o.Now = time.Now })
	config := "variable \"rotation\" { default = 1 }\n"
	for alias, e := range map[string]*Env{"emea": w.Env, "apac": other} {
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
	for alias, e := range map[string]*Env{"emea": w.Env, "apac": other} {
		if got, want := Operations(e.Emulator.Calls()), []string{"ListServiceUserTokens", "WhoAmI"}; !slices.Equal(slices.Sorted(slices.Values(got)), want) {
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
