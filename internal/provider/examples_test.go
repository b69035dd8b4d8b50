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
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".tf") {
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
		for _, module := range modulesUsed(t, folder) {
			used[module] = true
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			applyExample(t, folder, name)
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

func applyExample(t *testing.T, folder, name string) {
	e := newEnvironment(t, nil)
	w := workspaceIn(e)
	w.serve()
	// The examples keep their places, so that they find the modules beside them.
	root := t.TempDir()
	e.must(os.CopyFS(root, os.DirFS(examplesDir)))
	declaration, err := os.ReadFile(filepath.Join(w.dir, "provider.tf"))
	e.must(err)
	w.dir = filepath.Join(root, name)
	w.write("cli.tfrc", "")
	if !slices.ContainsFunc(sources(t, folder), func(text string) bool { return strings.Contains(text, "required_providers") }) {
		w.write("declared_by_the_test.tf", string(declaration))
	}
	w.variables = append(w.variables, fmt.Sprintf("TF_VAR_permission_set_ids=[%q]", e.em.PermissionSetID("Platform administration")))
	e.makeForeign("power-bi-export") // for the example that imports it
	w.expect(0, "init")
	w.expect(0, "apply", "-auto-approve")
	if name == "two-slot" {
		// Which token is next is known once both are there: one more apply writes it down, without a call that changes anything.
		e.em.ForgetCalls()
		w.expect(0, "apply", "-auto-approve")
		e.expectChanges()
	}
	w.expect(0, "plan", "-detailed-exitcode")
	w.expect(0, "destroy", "-auto-approve")
	for _, token := range e.em.ActiveTokens() {
		if token.Name != "power-bi-export" {
			t.Errorf("%s is left", token.Name)
		}
	}
}
