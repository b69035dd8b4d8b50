package provider_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// examplesDir is where the examples are, from this package.
var examplesDir = filepath.Join("..", "..", "examples")

// exampleFolders lists the folders below examples that hold configurations. Modules are applied by those that use them.
func exampleFolders(t *testing.T) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
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

// Every example is applied as it is written, plans nothing afterwards, and is destroyed.
func TestExamples(t *testing.T) {
	t.Parallel()
	modules := map[string]bool{}
	used := map[string]bool{}
	for _, folder := range exampleFolders(t) {
		name, err := filepath.Rel(examplesDir, folder)
		if err != nil {
			t.Fatal(err)
		}
		if after, ok := strings.CutPrefix(filepath.ToSlash(name), "modules/"); ok {
			modules[after] = true
			continue
		}
		if name == manyOrganizations { // TestManyOrganizations_example applies it
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

// The examples that TestExamples does more with than applying them.
const (
	listExample   = "list-resources/safetyculture_service_user_token"
	revokeExample = "actions/safetyculture_revoke_service_user_token"
)

// newerExamples need a CLI that not everybody has.
var newerExamples = map[string]capability{
	"import-by-identity": needsIdentity,
	listExample:          needsQuery,
	revokeExample:        needsActions,
}

// inExample is a workspace in a copy of one example, with a provider that is served from here and is initialized. The
// examples keep their places, so that they find the modules beside them.
func inExample(t *testing.T, name string) *workspace {
	t.Helper()
	if needs, ok := newerExamples[name]; ok {
		needs.orSkip(t)
	}
	e := newEnvironment(t, nil)
	w := workspaceIn(e)
	w.serve()
	root := t.TempDir()
	e.must(os.CopyFS(root, os.DirFS(examplesDir)))
	declaration, err := os.ReadFile(filepath.Join(w.dir, "provider.tf"))
	e.must(err)
	w.dir = filepath.Join(root, name)
	w.write("cli.tfrc", "")
	if !slices.ContainsFunc(sources(t, w.dir), func(text string) bool { return strings.Contains(text, "required_providers") }) {
		w.write("declared_by_the_test.tf", string(declaration))
	}
	w.expect(0, "init")
	return w
}

func (w *workspace) variable(name, value string) {
	w.variables = append(w.variables, "TF_VAR_"+name+"="+value)
}

func applyExample(t *testing.T, name string) {
	w := inExample(t, name)
	e := w.environment
	export, secret := e.makeForeign("power-bi-export", "Reporting") // for the examples that import, read or revoke it
	w.variable("permission_set_ids", fmt.Sprintf("[%q]", e.em.PermissionSetID("Platform administration")))
	w.variable("token_id", export.ID)
	w.variable("organization_id", e.em.OrganizationID())
	w.variable("expected_organization_id", e.em.OrganizationID())
	w.variable("expected_user_id", e.em.CallerID())
	if name == listExample {
		w.queryExample()
	}
	w.expect(0, "apply", "-auto-approve")
	if name == "two-slot" {
		// Which token is next is known once both are there: one more apply writes it down, without a call that changes anything.
		e.em.ForgetCalls()
		w.expect(0, "apply", "-auto-approve")
		e.expectChanges()
	}
	w.expect(0, "plan", "-detailed-exitcode")
	if name == revokeExample {
		w.invokeExample(secret)
	}
	w.expect(0, "destroy", "-auto-approve")
	for _, token := range e.em.ActiveTokens() {
		if token.Name != "power-bi-export" && token.Name != "integration" {
			t.Errorf("%s is left", token.Name)
		}
	}
}

// queryExample writes what the query of an example finds: a token that the next apply imports as it is.
func (w *workspace) queryExample() {
	w.t.Helper()
	w.makeForeign("integration-warehouse", "Reporting")
	w.makeForeign("integration", "Reporting") // no dash
	w.em.ForgetCalls()
	w.expect(0, "query", "-generate-config-out=tokens.tf")
	mentions(w.t, w.expect(2, "plan", "-no-color", "-detailed-exitcode"), "1 to import, 0 to add, 0 to change, 0 to destroy")
	w.expectChanges()
}

// invokeExample runs the action of an example by itself, as an incident does. Until then nothing is revoked.
func (w *workspace) invokeExample(secret string) {
	w.t.Helper()
	if !w.em.Accepts(secret) {
		w.t.Error("an apply alone has revoked the token")
	}
	w.expect(0, "apply", "-auto-approve", "-invoke=action.safetyculture_revoke_service_user_token.exposed")
	if w.em.Accepts(secret) {
		w.t.Error("the secret still works")
	}
}
