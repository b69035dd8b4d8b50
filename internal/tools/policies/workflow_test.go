package policies

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The versions that the guide and the workflow install are those that the tests run.
func TestReviewTools(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{guide, workflow} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`(github\.com/open-policy-agent/\w+)@(v[0-9.]+)`).FindAllStringSubmatch(string(text), -1)
		if len(named) == 0 {
			t.Errorf("%s names no version", file)
		}
		for _, each := range named {
			if !strings.Contains(string(module), each[1]+" "+each[2]) {
				t.Errorf("%s: %s is not what is tested", file, each[0])
			}
		}
	}
}

var workflow = filepath.Join(repository, "examples", "policies", "github-actions.yml")

// step is the script of a step of the workflow.
func step(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(workflow)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^ +- name: ` + name + `\n(?:^        .*\n)*?^        run: \|\n((?:^          .*\n)+)`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("the workflow has no step %q", name)
	}
	return string(found[1])
}

// The workflow's steps review a change with the rules of another folder, whatever the change says of itself.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, 0)
	w.copyPolicies("trusted/policies")
	// The author approves the change in the branch.
	w.write("change/policies/data/approvals.yaml", w.lasting(blocks(t, "yaml")[0]))
	w.must(os.Rename(filepath.Join(w.Dir, "fixed.tf"), filepath.Join(w.Dir, "change", "fixed.tf")))
	w.write("change/main.tf", good("warehouse_sync")+list)
	w.Env = append(w.Env, "SAFETYCULTURE_READ_ONLY=true", "PLAN="+filepath.Join(w.Dir, "plan.tfplan"), "REVIEWED="+filepath.Join(w.Dir, "plan.json"))

	// Terraform would ask the registry for the provider.
	plan := strings.Replace(step(t, "Plan"), "terraform init -input=false -lockfile=readonly\n", "", 1)
	if out, err := w.shell("cd change\n" + plan); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []bool{false, true} {
		out, err := w.shell(step(t, "Review"))
		if (err == nil) != want || strings.Contains(out, "new_secret_approved") == want {
			t.Errorf("%v, want success %t:\n%s", err, want, out)
		}
		w.write("trusted/policies/data/approvals.yaml", w.lasting(blocks(t, "yaml")[0]))
	}
}

// The workflow takes the rules from a fixed branch, runs no action that somebody could move, and keeps nothing of a plan.
func TestWorkflow_trustsOnlyWhatIsFixed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(workflow)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`ref: main\b.*\n +path: trusted\n`).Match(text) {
		t.Error("the rules are not checked out from main")
	}
	uses := regexp.MustCompile(`uses: (.*)`).FindAllStringSubmatch(string(text), -1)
	for _, action := range uses {
		if !regexp.MustCompile(`^[\w/-]+@[0-9a-f]{40} # v`).MatchString(action[1]) {
			t.Errorf("%s is not pinned", action[1])
		}
	}
	if len(uses) < 4 || strings.Contains(string(text), "artifact@") || strings.Contains(string(text), "cache@") {
		t.Errorf("%d actions; a plan may be uploaded", len(uses))
	}
}
