package policies

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The versions that the guide, the README and the workflow install are those that the tests run.
func TestReviewTools(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(github\.com/open-policy-agent/\w+)(?:@v|/releases/tag/v)([0-9.]+[0-9])|\b(VERSION): ([0-9.]+)`)
	for _, file := range []string{guide, workflow, readme} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := version.FindAllStringSubmatch(string(text), -1)
		if len(named) == 0 {
			t.Errorf("%s names no version", file)
		}
		for _, each := range named {
			tool := each[1] + " v" + each[2]
			if each[3] != "" {
				tool = "github.com/open-policy-agent/conftest v" + each[4]
			}
			if !strings.Contains(string(module), tool) {
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

// reviewed is a workspace with a change, in which the author approves it and switches Conftest off, and the policies of main.
func reviewed(t *testing.T) *workspace {
	t.Helper()
	w := newWorkspace(t, 0)
	w.copyPolicies("trusted/policies")
	w.write("change/policies/data/approvals.yaml", w.lasting(blocks(t, "yaml")[0]))
	w.write("change/conftest.toml", "no-fail = true\n")
	w.must(os.Rename(filepath.Join(w.Dir, "fixed.tf"), filepath.Join(w.Dir, "change", "fixed.tf")))
	w.write("change/main.tf", good("warehouse_sync")+list)
	tools, err := reviewTools()
	w.must(err)
	w.Env = append(w.Env, "SAFETYCULTURE_READ_ONLY=true", "PLAN="+filepath.Join(w.Dir, "plan.tfplan"), "REVIEWED="+filepath.Join(w.Dir, "plan.json"),
		"POLICIES=trusted/policies", "RUNNER_TEMP="+tools)
	return w
}

// planStep is the step Plan without init, which would ask the registry for the provider.
func planStep(t *testing.T) string {
	t.Helper()
	return "cd change\n" + strings.Replace(step(t, "Plan"), "terraform init -input=false -lockfile=readonly\n", "", 1)
}

// The workflow's steps review a change with the rules of another folder, whatever the change says of itself.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	w := reviewed(t)
	run := func(script string, want bool, says string) {
		t.Helper()
		out, err := w.shell(script)
		if (err == nil) != want || !strings.Contains(out, says) {
			t.Errorf("%v, want success %t and %q:\n%s", err, want, says, out)
		}
		if strings.Contains(out, "scapi_") {
			t.Error("a secret is printed")
		}
	}
	w.Env = append(w.Env, "RUNNER_TEMP="+t.TempDir())
	run(step(t, "Source"), true, "0 findings in 1 modules")
	w.write("change/evil.tf", "output \"t\" {\n  value = file(\"terraform.tfstate\")\n}\n")
	run(step(t, "Source"), false, "file_read: evil.tf:2: output.t: ")
	w.must(os.Remove(filepath.Join(w.Dir, "change", "evil.tf")))
	w.Env = w.Env[:len(w.Env)-1]

	run(planStep(t), true, "")
	run(step(t, "Review"), false, "new_secret_approved")
	w.write("trusted/policies/data/approvals.yaml", w.lasting(blocks(t, "yaml")[0]))
	run(step(t, "Review"), true, "0 failures")
}

// The workflow finds a secret of the state in the plan, though the filtered plan says nothing of it.
func TestWorkflow_searchesTheWholePlan(t *testing.T) {
	t.Parallel()
	w := reviewed(t)
	w.Env = append(w.Env, "SAFETYCULTURE_READ_ONLY=false")
	if out, err := w.shell("cd change && terraform apply -auto-approve"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.write("change/evil.tf", "output \"t\" {\n  value = base64encode(file(\"terraform.tfstate\"))\n}\n")
	if out, err := w.shell(planStep(t)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := w.shell(step(t, "Review"))
	if err == nil || !strings.Contains(out, "secret_found: output_changes.t.after: ") {
		t.Errorf("%v:\n%s", err, out)
	}
	_, before, _ := strings.Cut(step(t, "Review"), " -\n")
	if out, err := w.shell("umask 077\npolicies=$PWD/trusted/policies\n" + before); err != nil {
		t.Errorf("the other rules find it too, so this test tests nothing: %v\n%s", err, out)
	}
}

// The workflow runs no program whose checksum is not the one that is written down.
func TestWorkflow_getsConftest(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, 0)
	w.write("conftest", "#!/bin/sh\necho ran\n")
	w.write("bin/curl", "#!/bin/sh\n[ \"$1\" = -fsSLo ] && tar -czf \"$2\" -C \"$ARCHIVED\" conftest && cp \"$2\" \"$ARCHIVED/archive\"\n")
	w.must(os.Chmod(filepath.Join(w.Dir, "bin", "curl"), 0o700))
	get := "PATH=$ARCHIVED/bin:$PATH\n" + step(t, "Get Conftest")
	text, err := os.ReadFile(workflow)
	w.must(err)
	pinned := regexp.MustCompile(`SHA256: ([0-9a-f]{64})\n`).FindSubmatch(text)
	if pinned == nil {
		t.Fatal("no checksum is written down")
	}
	tried := func(sum string) (string, bool) {
		w.Env = append(w.Env, "ARCHIVED="+w.Dir, "RUNNER_TEMP="+t.TempDir(), "VERSION=0.71.1", "SHA256="+sum)
		out, err := w.shell(get + "\ntest -e conftest")
		return out, err == nil
	}
	if out, passed := tried(string(pinned[1])); passed || !strings.Contains(out, "FAILED") {
		t.Errorf("another archive passed:\n%s", out)
	}
	archive, err := os.ReadFile(filepath.Join(w.Dir, "archive"))
	w.must(err)
	if out, passed := tried(fmt.Sprintf("%x", sha256.Sum256(archive))); !passed {
		t.Errorf("the archive itself did not pass:\n%s", out)
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
	if len(uses) < 5 || strings.Contains(string(text), "artifact@") || strings.Contains(string(text), "cache@") {
		t.Errorf("%d actions; a plan may be uploaded", len(uses))
	}
}
