package policies

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// deployed is what is rightly found: the deployment of the example failed-deployment is a provisioner.
const deployed = "provisioner terraform_data.deployment"

// harmless: nothing but that is found in a folder. Where all of it is new, its backends and encryption are.
func harmless(t *testing.T, dir string) {
	t.Helper()
	if found, printed := reviewSource(t, dataDir, dir, dir); !slices.Equal(found, []string{deployed}) || !regexp.MustCompile(`\b1 findings in \d\d+ modules\n$`).MatchString(printed) {
		t.Errorf("found in %s:\n%s", dir, printed)
	}
	if found, printed := reviewSource(t, dataDir, t.TempDir(), dir); !slices.Equal(found, []string{deployed, "settings terraform"}) {
		t.Errorf("found where all of %s is new:\n%s", dir, printed)
	}
}

// Nothing is found in the repository's own configurations, the two-slot module included.
func TestSource_examples(t *testing.T) {
	t.Parallel()
	harmless(t, filepath.Join(repository, "examples"))
}

// Nor in the blocks of the documents.
func TestSource_documents(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	err := filepath.WalkDir(filepath.Join(repository, "docs"), func(page string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(page) != ".md" {
			return err
		}
		text, err := os.ReadFile(page)
		for i, block := range regexp.MustCompile("(?ms)^ *```(?:terraform|hcl)\n(.*?)^ *```").FindAllStringSubmatch(string(text), -1) {
			name := "main.tf"
			if strings.Contains(block[1], "\nlist \"") || strings.HasPrefix(block[1], "list \"") {
				name = "main.tfquery.hcl"
			}
			files[fmt.Sprintf("blocks/%s-%d/%s", strings.TrimSuffix(entry.Name(), ".md"), i, name)] = block[1]
		}
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatalf("%v: %d blocks", err, len(files))
	}
	after := folderOf(t, files, nil)
	// What the blocks call as ../modules.
	if err := os.CopyFS(filepath.Join(after, "blocks", "modules"), os.DirFS(filepath.Join(repository, "examples", "modules"))); err != nil {
		t.Fatal(err)
	}
	harmless(t, after)
	t.Logf("%d blocks", len(files))
}

// The lists are complete, or the program does not look; and what it says where it cannot look is no finding.
func TestSource_data(t *testing.T) {
	t.Parallel()
	program, err := sourceRules()
	if err != nil {
		t.Fatal(err)
	}
	shipped := map[string]string{}
	for _, name := range []string{"limits.yaml", "secrets.yaml", "source.yaml"} {
		content, err := os.ReadFile(filepath.Join(dataDir, name))
		if err != nil {
			t.Fatal(err)
		}
		shipped[name] = string(content)
	}
	change := folderOf(t, map[string]string{"main.tf": live + "data \"http\" \"x\" {}\nmodule \"m\" {\n  source = \"git::https://example.com/m.git\"\n}\naction \"aws_lambda_invoke\" \"x\" {}\naction \"safetyculture_revoke_service_user_token\" \"x\" {\n  config {\n    id = " + secret + "\n  }\n}\nterraform {\n  backend \"local\" {}\n}\n"}, nil)
	for name, c := range map[string]struct {
		old, edited string // in the lists
		want        string // in the output
		findings    int
	}{
		"as shipped":             {"", "", "5 findings in 1 modules", 5},
		"a type listed":          {"data_sources:\n", "data_sources:\n    - http\n", "4 findings", 4},
		"a module listed":        {"modules: []", "modules: [git::https://example.com/m.git]", "4 findings", 4},
		"an action listed":       {"actions: []", "actions: [aws_lambda_invoke]", "4 findings", 4},
		"changed settings":       {"changed_settings: []", "changed_settings: [.]", "4 findings", 4},
		"other changed settings": {"changed_settings: []", "changed_settings: [m]", "5 findings", 5},
		"a consumer listed":      {"secret_consumers:\n", "secret_consumers:\n    - action.safetyculture_revoke_service_user_token.id\n", "4 findings", 4},
		"another consumer":       {"secret_consumers:\n", "secret_consumers:\n    - safetyculture_revoke_service_user_token.id\n", "5 findings", 5},
		"no consumers":           {"secret_consumers:\n", "consumers:\n", "no list token_review.secret_consumers", -1},
		"a list is missing":      {"modules: []", "", "no list token_review.source.modules", -1},
		"another list":           {"modules: []", "modules: []\n    modulse: []", "token_review.source.modulse is no list", -1},
		"no YAML":                {"token_review:", "token_review: [", "yaml", -1},
	} {
		files := map[string]string{}
		for file, content := range shipped {
			files[file] = strings.Replace(content, c.old, c.edited, 1)
			if c.old == "" {
				files[file] = content
			}
		}
		out, err := runProgram(t, program, "-data", folderOf(t, files, nil), "-base", t.TempDir(), change)
		code := map[bool]int{true: 1, false: 2}[c.findings > 0]
		if exitCode(err) != code || !strings.Contains(out, c.want) || c.findings >= 0 && strings.Count(out, "\n") != c.findings+1 {
			t.Errorf("%s: %v, want %q in\n%s", name, err, c.want, out)
		}
	}
	for _, args := range [][]string{{}, {change}, {"-data", dataDir, change}, {"-data", dataDir, "-base", t.TempDir(), t.TempDir()}, {"-data", dataDir, "-base", filepath.Join(t.TempDir(), "gone"), change}} {
		if out, err := runProgram(t, program, args...); exitCode(err) != 2 {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
