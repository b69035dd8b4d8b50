package policies

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// aboutPlaces are the rules that no configuration of this repository breaks, whatever its lists and approvals: where secrets go,
// what reaches outside, and what guards a token.
var aboutPlaces = []string{
	"secret_goes_to", "no_provisioners", "data_source_listed", "provider_listed", "not_weakened", "rotation_in_place", "expiry_warning", "no_literal_api_token", "reviewable",
}

// notAnExample are examples that cannot be planned by every CLI, or not as they are; the source rules look at all of them.
var notAnExample = []string{"apply", "data-sources/safetyculture_service_user_token", "actions", "failed-deployment", "import", "import-by-identity", "list-resources", "many-organizations", "modules", "organization-per-state", "policies", "provider", "ephemeral-resources"}

func withinPlaces(t *testing.T, where string, w *workspace, configuration string) {
	t.Helper()
	for _, finding := range review(t, w.plan(configuration, false), object{"readers": []any{ageReader, boxReader}}) {
		if rule, _, _ := strings.Cut(finding, " "); slices.Contains(aboutPlaces, rule) {
			t.Errorf("%s: %s", where, finding)
		}
	}
}

// Nothing is found in the examples, two-slot's local values included, or in what the guide hands the secret to.
func TestExamples_whereSecretsGo(t *testing.T) {
	t.Parallel()
	examples := filepath.Join(repository, "examples")
	files, err := filepath.Glob(filepath.Join(examples, "*", "main.tf"))
	more, _ := filepath.Glob(filepath.Join(examples, "*", "*", "*.tf"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%v: %d examples", err, len(files))
	}
	planned := 0
	for _, file := range append(files, more...) {
		name, err := filepath.Rel(examples, file)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(notAnExample, func(folder string) bool {
			return strings.HasPrefix(filepath.ToSlash(name), strings.TrimSuffix(folder, "/")+"/")
		}) {
			continue
		}
		planned++
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			withinPlaces(t, name, exampleWorkspace(t, string(text)), strings.ReplaceAll(string(text), `"../modules/`, `"./modules/`))
		})
	}
	page := filepath.Join(repository, "templates", "guides", "deliver-and-rotate.md.tmpl")
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	consumers := 0
	for _, block := range regexp.MustCompile("(?ms)^```(?:terraform|hcl)\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		if !regexp.MustCompile(`(?m)^resource "(vault|aws|github)_`).MatchString(block[1]) {
			continue
		}
		consumers++
		configuration := block[1]
		if !strings.Contains(configuration, "resource \"safetyculture_service_user_token\"") {
			configuration += "resource \"safetyculture_service_user_token\" \"warehouse_sync\" {\n  name            = \"w\"\n  all_permissions = true\n}\n"
		}
		t.Run(regexp.MustCompile(`(?m)^resource "((?:vault|aws|github)_\w+)"`).FindStringSubmatch(configuration)[1], func(t *testing.T) {
			t.Parallel()
			withinPlaces(t, page, exampleWorkspace(t, configuration), configuration)
		})
	}
	t.Logf("%d examples and %d blocks planned", planned, consumers)
	if consumers < 3 {
		t.Errorf("only %d blocks hand a secret to others", consumers)
	}
}

// exampleWorkspace is a workspace with the modules, and values for the variables that examples have.
func exampleWorkspace(t *testing.T, configuration string) *workspace {
	t.Helper()
	w := newWorkspace(t, 0)
	w.must(os.CopyFS(filepath.Join(w.Dir, "modules"), os.DirFS(filepath.Join(repository, "examples", "modules"))))
	if strings.Contains(configuration, "required_providers") {
		w.must(os.Remove(filepath.Join(w.Dir, "fixed.tf")))
	}
	w.Env = append(w.Env, "TF_VAR_permission_set_ids=[\""+w.permissionSet()+"\"]", "TF_VAR_expected_organization_id="+w.em.OrganizationID(),
		"TF_VAR_expected_user_id="+w.em.OrganizationID(), "TF_VAR_readers=[\""+ageReader+"\"]", "TF_VAR_token_id="+nobody)
	return w
}
