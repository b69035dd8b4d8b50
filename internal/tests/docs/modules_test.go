package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The README of a module lists each of its inputs and outputs as the module declares it, nothing else, and shows the example
// that uses the module.
func TestModules_readme(t *testing.T) {
	t.Parallel()
	readmes, err := filepath.Glob(filepath.Join(acctest.ExamplesDir, "modules", "*", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(acctest.ExamplesDir, "modules", "*"))
	if err != nil || len(readmes) != len(folders) || len(folders) < 2 {
		t.Errorf("%d modules have %d READMEs, %v", len(folders), len(readmes), err)
	}
	for _, readme := range readmes {
		name := filepath.Base(filepath.Dir(readme))
		text, err := os.ReadFile(readme)
		if err != nil {
			t.Fatal(err)
		}
		var listed []string
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "| `") {
				listed = append(listed, strings.TrimSuffix(line, "\n"))
			}
		}
		if want := moduleTables(t, filepath.Dir(readme)); !slices.Equal(listed, want) {
			t.Errorf("the tables of %s must have these lines, and no others:\n%s", readme, strings.Join(want, "\n"))
		}
		example, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, name, "main.tf"))
		if err != nil || !strings.Contains(string(text), "```terraform\n"+string(example)+"```\n") {
			t.Errorf("%s does not show the example %s: %v", readme, name, err)
		}
	}
}

// moduleTables returns the lines of the tables of a module's inputs and outputs.
func moduleTables(t *testing.T, folder string) []string {
	t.Helper()
	var lines []string
	for _, file := range []string{"variables.tf", "outputs.tf"} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			if block.Type != "variable" && block.Type != "output" {
				continue
			}
			written := func(name string) string {
				attribute := block.Body.Attributes[name]
				if attribute == nil {
					return ""
				}
				r := attribute.Expr.Range()
				return string(text[r.Start.Byte:r.End.Byte])
			}
			description, diags := block.Body.Attributes["description"].Expr.Value(nil)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if block.Type == "output" {
				lines = append(lines, fmt.Sprintf("| `%s` | %s |", block.Labels[0], description.AsString()))
				continue
			}
			value := "required"
			if text := written("default"); text != "" {
				value = "`" + text + "`"
			}
			lines = append(lines, fmt.Sprintf("| `%s` | `%s` | %s | %s |", block.Labels[0], written("type"), value, description.AsString()))
		}
	}
	return lines
}
