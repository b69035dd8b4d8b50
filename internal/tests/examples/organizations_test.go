package examples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// manyOrganizations is an example that TestAccExamples cannot apply: each alias needs its own process, and a test serves all
// aliases from one process.
const manyOrganizations = "many-organizations"

// newTwoOrganizations returns a workspace with that example, and the variables of its two organizations.
func newTwoOrganizations(t *testing.T) (w *acctest.Workspace, emea, apac [2]string) {
	t.Helper()
	w = acctest.NewWorkspace(t)
	w.Must(os.Remove(filepath.Join(w.Dir, "provider.tf")))
	content, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, manyOrganizations, "main.tf"))
	w.Must(err)
	w.Write("main.tf", string(content))
	organization, bearer := w.Emulator.AddOrganization()
	return w, [2]string{w.Emulator.OrganizationID(), w.Emulator.Bearer()}, [2]string{organization, bearer}
}

// as sets the example's variables: an organization and a credential for each alias.
func as(w *acctest.Workspace, emeaID, emeaToken, apacID, apacToken string) {
	w.Variables = []string{
		"SAFETYCULTURE_BASE_URL=" + w.URL,
		"TF_VAR_emea_organization_id=" + emeaID, "TF_VAR_emea_api_token=" + emeaToken,
		"TF_VAR_apac_organization_id=" + apacID, "TF_VAR_apac_api_token=" + apacToken,
	}
}

// The example is applied unchanged. Swapped credentials are refused before anything is read or changed; with the right ones,
// the next plan is empty.
func TestAccManyOrganizations_example(t *testing.T) {
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
		acctest.ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), "belongs to organization "+apac[0]+", not to "+emea[0],
			"belongs to organization "+emea[0]+", not to "+apac[0])
		if others := slices.DeleteFunc(acctest.Operations(w.Emulator.Calls()), func(o string) bool { return o == "WhoAmI" }); len(others) > 0 {
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
