package policies

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

var guide = filepath.Join(repository, "templates", "guides", "review-by-policy.md.tmpl")

// reviewTools builds opa and conftest once into the programs' folder.
var reviewTools = sync.OnceValues(func() (string, error) {
	dir, err := programs()
	if err != nil {
		return "", err
	}
	tools := map[string]string{"opa": "github.com/open-policy-agent/opa", "conftest": "github.com/open-policy-agent/conftest"}
	for name, path := range tools {
		if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "tools", name), path).CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build %s: %w: %s", path, err, out)
		}
	}
	program, err := usedCLI()
	if err != nil {
		return "", err
	}
	// The guide says terraform, whichever CLI is tested.
	return filepath.Join(dir, "tools"), os.Symlink(program.Path, filepath.Join(dir, "tools", "terraform"))
})

// blocks are the code blocks of the guide in a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, match := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		found = append(found, match[1])
	}
	return found
}

// shell runs a block of the guide as a user would, and returns what it prints.
func (w *workspace) shell(block string) (string, error) {
	w.t.Helper()
	tools, err := reviewTools()
	w.must(err)
	command := w.Command(w.t.Context())
	command.Path, err = exec.LookPath("bash")
	w.must(err)
	command.Args = []string{"bash", "-c", "set -euo pipefail\n" + block}
	command.Env = append(command.Env, "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := command.CombinedOutput()
	return string(out), err
}

// The guide's commands do what it says, with the policies as they are shipped.
func TestGuide(t *testing.T) {
	t.Parallel()
	commands, approval := blocks(t, "sh"), blocks(t, "yaml")
	if len(commands) != 5 || len(approval) != 1 {
		t.Fatalf("%d blocks of commands and %d of YAML; this test runs 4, reads 1 and uses 1", len(commands), len(approval))
	}
	plan, askOPA, askConftest, inCI := commands[1], commands[2], commands[3], commands[4]
	w := newWorkspace(t, 0)
	w.copyPolicies("policies")
	w.configure(good("warehouse_sync") + list)
	run := func(block string, want bool, says string) {
		t.Helper()
		out, err := w.shell(block)
		if (err == nil) != want || !strings.Contains(out, says) {
			t.Fatalf("%s\n%v, want success %t and %q in\n%s", block, err, want, says, out)
		}
		if strings.Contains(out, "scapi_") {
			t.Errorf("a secret is printed")
		}
	}
	state := filepath.Join(w.Dir, "terraform.tfstate")
	const finding = "new_secret_approved: safetyculture_service_user_token.warehouse_sync: the plan makes a new secret (create)"

	run(plan, true, "")
	run(askOPA, false, finding)
	run(askConftest, false, finding)
	run("cd policies && conftest test ../plan.json", false, finding)
	run(inCI, false, finding)
	if _, err := os.Stat(state); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was applied: %v", err)
	}

	w.write("policies/data/approvals.yaml", w.lasting(approval[0]))
	run(plan, true, "")
	run(askOPA, true, "")
	run(askConftest, true, "0 failures")
	run("cd policies && conftest test ../plan.json", true, "0 failures")
	run(inCI, true, "Apply complete! Resources: 1 added")
	for _, file := range []string{"plan.tfplan", "plan.json"} {
		if _, err := os.Stat(filepath.Join(w.Dir, file)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", file, err)
		}
	}

	// An ephemeral token, used or not, is not made before the review; without the variable it is, and nobody is told.
	unused := strings.SplitAfter(ephemeral, "\n}\n")[0]
	for _, configuration := range []string{ephemeral, unused + list} {
		w.configure(good("warehouse_sync") + configuration)
		for _, block := range []string{plan, inCI} {
			before := w.made()
			run(block, false, "read-only")
			if made := w.made() - before; made > 0 {
				t.Errorf("%d tokens were made by\n%s", made, block)
			}
		}
	}
	before := w.made()
	run(strings.ReplaceAll(plan, "SAFETYCULTURE_READ_ONLY=true ", ""), true, "")
	if w.made() == before {
		t.Errorf("no token was made without the variable: this test tests nothing")
	}
	w.configure(good("warehouse_sync") + list)

	// Without the rules, or without a plan, nothing passes.
	run(plan, true, "")
	run(strings.ReplaceAll(askOPA, "--data policies/policy ", ""), false, "")
	run("true >plan.json\n"+askOPA, false, "")
	run("true >plan.json\n"+askConftest, false, "")
	run("echo '{}' >plan.json\n"+askOPA, false, "not a plan in JSON")
	run("echo '{}' >plan.json\n"+askConftest, false, "not a plan in JSON")
}

// lasting is an approval that ends tomorrow, with the ids of this workspace.
func (w *workspace) lasting(approval string) string {
	approval = regexp.MustCompile(`"2026-[^"]+"`).ReplaceAllString(approval, `"`+time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)+`"`)
	return strings.NewReplacer("e5914e6f-f81e-4612-8730-220d897c769e", w.permissionSet(), "role_0123456789abcdef0123456789abcdef", w.em.OrganizationID()).Replace(approval)
}

// copyPolicies copies the policies into a folder, and takes the first step of their set-up: the permission sets are listed.
func (w *workspace) copyPolicies(folder string) {
	w.t.Helper()
	dir := filepath.Join(w.Dir, filepath.FromSlash(folder))
	w.must(os.CopyFS(dir, os.DirFS(filepath.Join(repository, "examples", "policies"))))
	limits := filepath.Join(dir, "data", "limits.yaml")
	content, err := os.ReadFile(limits)
	w.must(err)
	listed := strings.Replace(string(content), "permission_set_ids: []", "permission_set_ids: ["+w.permissionSet()+"]", 1)
	if listed == string(content) {
		w.t.Fatal("the limits list permission sets: this test's first step is no longer one")
	}
	w.must(os.WriteFile(limits, []byte(listed), 0o600))
}

// made is how many tokens were made through the workspace's emulator, as its journal tells.
func (w *workspace) made() int {
	made := 0
	for _, call := range w.em.CallsOf("CreateServiceUserToken") {
		if call.Acted {
			made++
		}
	}
	return made
}
