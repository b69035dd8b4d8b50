package docs_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// Every link of a page to another page, to a heading or to a file has a target. The registry renders only the pages under
// docs/, so they link to no other file of the repository by a relative path.
func TestDocs_links(t *testing.T) {
	t.Parallel()
	byName := map[string]page{}
	for _, p := range pages(t) {
		byName[p.name] = p
	}
	checked := 0
	for _, p := range byName {
		for _, link := range p.links {
			target, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: %s: %v", p.name, link, err)
				continue
			}
			if target.IsAbs() {
				file, ours := ourFile(link)
				if !ours {
					continue
				}
				checked++
				if _, err := os.Stat(filepath.Join(acctest.RootDir, filepath.FromSlash(file))); err != nil {
					t.Errorf("%s links to %s: no such file", p.name, link)
				}
				continue
			}
			checked++
			if problem := brokenLink(byName, p, target); problem != "" {
				t.Errorf("%s links to %s: %s", p.name, link, problem)
			}
		}
	}
	t.Logf("%d links checked", checked)
	if checked == 0 {
		t.Error("no link was found")
	}
}

// ourFile is the file that a whole address of this repository leads to.
func ourFile(link string) (string, bool) {
	for _, kind := range []string{"tree", "blob"} {
		if file, ours := strings.CutPrefix(link, "https://github.com/safetyculture-community/terraform-provider-safetyculture/"+kind+"/main/"); ours {
			file, _, _ = strings.Cut(file, "#")
			return file, true
		}
	}
	return "", false
}

// maxGuideWords is what a reader in a hurry reads of one guide, its blocks included.
const maxGuideWords = 1200

// There are nine guides, and each is short. The one on errors may be longer: it has a line for each error text, which
// TestDocs_troubleshooting wants, and is looked things up in, not read.
func TestDocs_guidesAreShort(t *testing.T) {
	t.Parallel()
	guides, words := 0, 0
	for _, p := range pages(t) {
		if !strings.HasPrefix(p.name, "docs/guides/") {
			continue
		}
		guides++
		words += p.words
		t.Logf("%d words in %s", p.words, p.name)
		if p.words > maxGuideWords && p.name != "docs/guides/troubleshooting.md" {
			t.Errorf("%s has %d words; at most %d", p.name, p.words, maxGuideWords)
		}
	}
	t.Logf("%d words in %d guides", words, guides)
	if guides != 9 {
		t.Errorf("there are %d guides, want 9", guides)
	}
}

// Every page under docs/ is linked from the README.
func TestDocs_index(t *testing.T) {
	t.Parallel()
	all := pages(t)
	readme := slices.IndexFunc(all, func(p page) bool { return p.name == "README.md" })
	for _, p := range all {
		if strings.HasPrefix(p.name, "docs/") && !slices.Contains(all[readme].links, p.name) {
			t.Errorf("README.md does not link to %s", p.name)
		}
	}
}

func brokenLink(byName map[string]page, from page, target *url.URL) string {
	name := from.name
	if target.Path != "" {
		name = path.Join(path.Dir(from.name), target.Path)
	}
	if strings.HasPrefix(from.name, "docs/") && !strings.HasPrefix(name, "docs/") {
		return "the registry renders this page and has docs/ only; write the whole address"
	}
	if _, err := os.Stat(filepath.Join(acctest.RootDir, filepath.FromSlash(name))); err != nil {
		return "no such file"
	}
	if to, isPage := byName[name]; target.Fragment != "" && (!isPage || !to.anchors()[target.Fragment]) {
		return "no such heading"
	}
	return ""
}

// Every page that the registry renders has a title and a description.
func TestDocs_frontMatter(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		if !strings.HasPrefix(p.name, "docs/") {
			continue
		}
		var front struct {
			Title       string `yaml:"page_title"`
			Description string
		}
		if err := yaml.Unmarshal([]byte(p.front), &front); err != nil || front.Title == "" || strings.TrimSpace(front.Description) == "" {
			t.Errorf("%s: page_title %q, description %q, %v", p.name, front.Title, front.Description, err)
		}
	}
}

// Every code block of every page is in a known language, and is checked by that language's parser. TestAccDocs_terraformBlocks
// checks Terraform's. Shell is only parsed here: TestAccDocs_newcomersPath runs the blocks of its path, and the scripts that
// pages show have their own tests.
func TestDocs_otherBlocks(t *testing.T) {
	t.Parallel()
	counted := map[string]int{}
	for _, p := range pages(t) {
		for _, block := range p.blocks {
			counted[block.language]++
			if err := checkBlock(t, block); err != nil {
				t.Errorf("%s:%d: %v\n%s", block.page, block.line, err, block.text)
			}
		}
	}
	t.Logf("%d YAML and %d JSON blocks read, %d shell blocks parsed, %d of plain text not checked",
		counted["yaml"], counted["json"], counted["sh"]+counted["shell"], counted["text"])
}

// A job of an example gets a secret from an environment, because everybody who may push a branch can read a secret of the
// repository.
func TestExamples_workflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(acctest.ExamplesDir, "*", "github-actions.yml"))
	if err != nil {
		t.Fatal(err)
	}
	jobs := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var workflow struct{ Jobs map[string]map[string]any }
		if err := yaml.Unmarshal(text, &workflow); err != nil {
			t.Fatal(err)
		}
		for name, job := range workflow.Jobs {
			if said, _ := json.Marshal(job); strings.Contains(string(said), "secrets.") {
				jobs++
				if environment, _ := job["environment"].(string); environment == "" {
					t.Errorf("%s: the job %s uses secrets of the repository", file, name)
				}
			}
		}
	}
	if jobs < 2 {
		t.Errorf("only %d jobs with secrets were found", jobs)
	}
}

func checkBlock(t *testing.T, block codeBlock) error {
	switch block.language {
	case "terraform", "text":
		return nil
	case "hcl":
		_, err := readFragment(block.text)
		return err
	case "sh", "shell":
		return bashParses(t, block.text)
	case "yaml":
		return yaml.Unmarshal([]byte(block.text), new(any))
	case "json":
		return json.Unmarshal([]byte(block.text), new(any))
	}
	return fmt.Errorf("the language %q is not checked: use terraform, hcl, sh, shell, yaml, json or text", block.language)
}

// bashParses returns bash's error for a script, without running it.
func bashParses(t *testing.T, text string) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "block.sh")
	if err := os.WriteFile(file, []byte(text), fs.FileMode(0o600)); err != nil {
		return err
	}
	if out, err := exec.CommandContext(t.Context(), "bash", "-n", file).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
