package examples_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// exampleFolders lists the folders below examples that hold configurations. Modules are applied by those that use them.
func exampleFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(acctest.ExamplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".tfquery.hcl")) {
			folders = append(folders, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Compact(folders)
}

// Every example is applied unchanged, has an empty plan afterwards, and is destroyed.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	modules := map[string]bool{}
	used := map[string]bool{}
	for _, folder := range exampleFolders(t) {
		name, err := filepath.Rel(acctest.ExamplesDir, folder)
		if err != nil {
			t.Fatal(err)
		}
		if after, ok := strings.CutPrefix(filepath.ToSlash(name), "modules/"); ok {
			modules[after] = true
			continue
		}
		if name == manyOrganizations { // TestAccManyOrganizations_example applies it
			continue
		}
		for _, module := range modulesUsed(t, folder) {
			used[module] = true
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			applyExample(t, filepath.ToSlash(name))
		})
	}
	for module := range modules {
		if !used[module] {
			t.Errorf("no example uses the module %s", module)
		}
	}
}

func modulesUsed(t *testing.T, folder string) []string {
	t.Helper()
	var used []string
	for _, text := range sources(t, folder) {
		for line := range strings.Lines(text) {
			if _, after, ok := strings.Cut(line, `source = "../modules/`); ok {
				used = append(used, strings.TrimSuffix(strings.TrimSpace(after), `"`))
			}
		}
	}
	return used
}

func sources(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(content))
	}
	return texts
}

// inExample returns an initialized workspace in a copy of one example, whose provider this process serves. The copy has the
// whole examples folder, so that the example finds its modules.
func inExample(t *testing.T, name string) *acctest.Workspace {
	t.Helper()
	if needs, ok := acctest.NewerExamples[name]; ok {
		needs.OrSkip(t)
	}
	e := acctest.New(t)
	w := acctest.WorkspaceIn(e)
	w.Serve()
	root := t.TempDir()
	e.Must(os.CopyFS(root, os.DirFS(acctest.ExamplesDir)))
	declaration, err := os.ReadFile(filepath.Join(w.Dir, "provider.tf"))
	e.Must(err)
	w.Dir = filepath.Join(root, name)
	w.Write("cli.tfrc", "")
	if name == acctest.ListExample { // a query, which is a file beside a configuration
		w.Write("provider.tf", string(declaration))
	}
	if slices.ContainsFunc(sources(t, w.Dir), func(text string) bool { return strings.Contains(text, "\n  backend ") }) {
		w.Write("backend_override.tf", "terraform {\n  backend \"local\" {}\n}\n") // no test can reach the example's
	}
	w.Expect(0, "init")
	return w
}

func variable(w *acctest.Workspace, name, value string) {
	w.Variables = append(w.Variables, "TF_VAR_"+name+"="+value)
}

func applyExample(t *testing.T, name string) {
	w := inExample(t, name)
	e := w.Env
	export, secret := e.CreateOutside("power-bi-export", "Reporting") // for the examples that import, read or revoke it
	variable(w, "permission_set_ids", fmt.Sprintf("[%q]", e.Emulator.PermissionSetID("Platform administration")))
	variable(w, "token_id", export.ID)
	variable(w, "readers", fmt.Sprintf("[%q]", acctest.NewReader().Age))
	variable(w, "organization_id", e.Emulator.OrganizationID())
	variable(w, "expected_organization_id", e.Emulator.OrganizationID())
	variable(w, "expected_user_id", e.Emulator.CallerID())
	if name == acctest.ListExample {
		queryExample(w)
	}
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	if name == acctest.RevokeExample {
		invokeExample(w, secret)
	}
	w.Expect(0, "destroy", "-auto-approve")
	for _, token := range e.Emulator.ActiveTokens() {
		if token.Name != "power-bi-export" && token.Name != "integration" {
			t.Errorf("%s is left", token.Name)
		}
	}
}

// queryExample writes the result of an example's query: a token that the next apply imports unchanged.
func queryExample(w *acctest.Workspace) {
	w.T.Helper()
	w.CreateOutside("integration-warehouse", "Reporting")
	w.CreateOutside("integration", "Reporting") // no dash
	w.Emulator.ForgetCalls()
	w.Expect(0, "query", "-generate-config-out=tokens.tf")
	acctest.ExpectContains(w.T, w.Expect(2, "plan", "-no-color", "-detailed-exitcode"), "1 to import, 0 to add, 0 to change, 0 to destroy")
	w.ExpectWrites()
}

// invokeExample invokes an example's action by itself, as in an incident. Before that, nothing is revoked.
func invokeExample(w *acctest.Workspace, secret string) {
	w.T.Helper()
	if !w.Emulator.Accepts(secret) {
		w.T.Error("an apply alone has revoked the token")
	}
	w.Expect(0, "apply", "-auto-approve", "-invoke=action.safetyculture_revoke_service_user_token.exposed")
	if w.Emulator.Accepts(secret) {
		w.T.Error("the secret still works")
	}
}
