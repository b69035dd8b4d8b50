package policies

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var readme = filepath.Join(repository, "examples", "policies", "README.md")

func readmeText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The README's tables have each rule of each layer, under its layer's heading, and each entry of the data.
func TestReadme_listsTheRules(t *testing.T) {
	t.Parallel()
	text := readmeText(t)
	section := func(heading string) string {
		_, rest, ok := strings.Cut(text, "\n"+heading+"\n")
		if !ok {
			t.Errorf("no heading %q", heading)
		}
		return regexp.MustCompile(`\n##+ `).Split(rest, 2)[0]
	}
	for heading, ids := range map[string][]string{
		"### source: the configuration": shippedSourceRules(t), "### search: the whole plan": {"secret_found"}, "### policy: the filtered plan": shippedRules(t),
	} {
		for _, id := range ids {
			if !strings.Contains(section(heading), "| `"+id+"` |") {
				t.Errorf("%s: %s is not listed", heading, id)
			}
		}
		for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(section(heading), -1) {
			if !slices.Contains(ids, row[1]) {
				t.Errorf("%s: there is no rule %s", heading, row[1])
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dataDir, "*.yaml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?m)^  ([a-z_]+):`).FindAllStringSubmatch(string(content), -1) {
			if !regexp.MustCompile("`" + match[1] + "[.`]").MatchString(section("## Data")) {
				t.Errorf("%s: %s is not in the table of the data", file, match[1])
			}
		}
	}
}

// The README's commands do what it says, with the policies as they are shipped.
func TestReadme(t *testing.T) {
	t.Parallel()
	var commands []string
	for _, match := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(readmeText(t), -1) {
		commands = append(commands, match[1])
	}
	if len(commands) != 5 {
		t.Fatalf("%d blocks of commands; this test runs 5", len(commands))
	}
	source, plan, searchWithOPA, ask, ofOneFile := commands[0], commands[1], commands[2], strings.Split(strings.TrimSpace(commands[3]), "\n"), commands[4]
	w := newWorkspace(t, 0)
	w.copyPolicies("policies")
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
	const commit = "git add -A . && git -c user.name=a -c user.email=a@example.com commit -qm x && "
	w.configure(good("warehouse_sync") + list)
	run("git init -q && printf '%s\\n' '*' '!*.tf' '!policies' >.gitignore && "+commit+"git update-ref refs/remotes/origin/main HEAD\n"+source, true, "0 findings in 1 modules")
	w.configure(good("warehouse_sync") + list + output("t", "file(\"terraform.tfstate\")"))
	run(commit+"git worktree remove ../before && git worktree remove ../after\n"+source, false, "file_read: main.tf:")

	w.configure(good("warehouse_sync") + list)
	run(plan, true, "0 failures")
	run(searchWithOPA, true, "")
	const finding = "new_secret_approved: safetyculture_service_user_token.warehouse_sync: the plan makes a new secret (create)"
	for _, command := range ask {
		run(command, strings.Contains(command, "report"), map[bool]string{true: finding}[!strings.Contains(command, "discard")])
	}
	run(ask[0], true, "\n1 findings in 1 plans\n")
	run("jq -s . plan.json plan.json >plans.json\n"+strings.Replace(ask[0], "plan.json", "plans.json", 1), true, "\n2 findings in 2 plans\n")

	bound := regexp.MustCompile(`(?s)( +)permission_set_ids:.*`).ReplaceAllString(w.lasting(blocks(t, "yaml")[0]), "${1}plan_sha256: \"SHA256\"\n")
	file, err := os.ReadFile(filepath.Join(w.Dir, "plan.tfplan"))
	w.must(err)
	judge := strings.Replace(ofOneFile, "terraform apply", "true terraform apply", 1)
	for sum, want := range map[string]bool{fmt.Sprintf("%x", sha256.Sum256(file)): true, fmt.Sprintf("%x", sha256.Sum256(nil)): false} {
		w.must(w.Write("policies/data/approvals.yaml", strings.Replace(bound, "SHA256", sum, 1)))
		run(judge, want, "")
	}

	w.must(w.Write("policies/data/approvals.yaml", w.lasting(blocks(t, "yaml")[0])))
	run(ask[0], true, "0 findings in 1 plans\n")
	run(ask[1], true, "")
	run(ask[2], true, "0 failures")

	w.runCLI("apply", "-auto-approve")
	w.configure(good("warehouse_sync") + list + output("t", "base64encode(file(\"terraform.tfstate\"))"))
	run(plan, false, "secret_found: output_changes.t.after: ")
	run(searchWithOPA, false, "secret_found: output_changes.t.after: ")
}
