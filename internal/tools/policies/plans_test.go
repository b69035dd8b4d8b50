package policies

import (
	"encoding/json"
	"flag"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// planCase is a plan and what the rules find in it: "rule address" of each finding, and nothing else. It is a failing plan
// of its rule where the rule is among them, and a passing one where it is not.
type planCase struct {
	rule, name string
	foreign    int               // tokens that others have made
	modules    map[string]string // configurations of child modules, by folder
	before     string            // applied first
	outside    func(*workspace)  // what happens outside Terraform then
	plan       string            // what is planned
	args       []string          // of terraform plan
	mayFail    bool              // the plan ends in an error
	data       map[string]any    // entries of token_review
	want       []string
}

// planCases are all of them; a rule's own cases are beside each other.
func planCases() []planCase {
	return slices.Concat(settingsCases(), secretCases(), destroyCases(), quotaCases(), credentialCases(), reviewableCases())
}

// token is a resource with these settings besides its name and its permission set.
func token(label, settings string) string {
	if !strings.Contains(settings, "all_permissions") && !strings.Contains(settings, "permission_set_ids") {
		settings += "\n  permission_set_ids = var.sets"
	}
	return fmt.Sprintf("resource \"safetyculture_service_user_token\" %q {\n  name = %q\n  %s\n}\n", label, label, settings)
}

// good is a token that every rule about settings accepts.
func good(label string) string { return token(label, rotates) }

const (
	rotates     = "rotate_after_days = 90"
	createFirst = "\n  lifecycle {\n    create_before_destroy = true\n  }"
	prefix      = "safetyculture_service_user_token."
)

func triggered(value string) string {
	return fmt.Sprintf("rotation_triggers = { a = %q }", value)
}

// approve is the data that approves an operation at addresses, until long after this test.
func approve(operation string, addresses ...string) map[string]any {
	return approvals("security@example.com", "2200-01-01T00:00:00Z", operation, addresses...)
}

func approvals(by, expires, operation string, addresses ...string) map[string]any {
	list := []any{}
	for _, address := range addresses {
		list = append(list, map[string]any{"address": address, "operations": []any{operation}, "approved_by": by, "expires": expires})
	}
	return map[string]any{"approvals": list}
}

// with adds an entry to data.
func with(data map[string]any, key string, value any) map[string]any {
	if data == nil {
		data = map[string]any{}
	}
	data[key] = value
	return data
}

func limits(days, tokens int) map[string]any {
	return map[string]any{"max_inactivity_expiry_days": json.Number(fmt.Sprint(days)), "max_active_tokens": json.Number(fmt.Sprint(tokens))}
}

// run makes the plan.
func (c planCase) run(t *testing.T) []byte {
	t.Helper()
	w := newWorkspace(t, c.foreign)
	for folder, configuration := range c.modules {
		w.write(folder+"/main.tf", configuration)
	}
	w.apply(c.before)
	if c.outside != nil {
		c.outside(w)
	}
	return w.plan(c.plan, c.mayFail, c.args...)
}

// Each rule finds what it is for in real plans, and nothing else; on the filtered plan just the same.
func TestPlans(t *testing.T) {
	ruleIDs := shippedRules(t)
	counted := newCount()
	t.Cleanup(func() { counted.report(t, ruleIDs) }) // after the parallel tests
	for _, c := range planCases() {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(ruleIDs, c.rule) {
				t.Fatalf("no rule is named %s", c.rule)
			}
			plan := c.run(t)
			want := append([]string{}, c.want...)
			slices.Sort(want)
			if got := review(t, plan, c.data); !slices.Equal(got, want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
			if got := review(t, sanitized(t, plan), c.data); !slices.Equal(got, want) {
				t.Errorf("after the filter, found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
			if !t.Failed() {
				counted.add(c)
			}
		})
	}
}

// count is how many plans were judged as they should be.
type count struct {
	mu               sync.Mutex
	passing, failing map[string]int // by rule
}

func newCount() *count { return &count{passing: map[string]int{}, failing: map[string]int{}} }

func (n *count) add(c planCase) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if slices.ContainsFunc(c.want, func(finding string) bool { return strings.HasPrefix(finding, c.rule+" ") }) {
		n.failing[c.rule]++
	} else {
		n.passing[c.rule]++
	}
}

// report prints the numbers, and fails a whole run in which a rule had no passing or no failing plan.
func (n *count) report(t *testing.T, ids []string) {
	partial := flag.Lookup("test.run").Value.String() != ""
	if _, err := exec.LookPath("jq"); err != nil {
		fmt.Println("NOT RUN: the filter by jq, which is not on PATH; it was run by gojq only")
	}
	fmt.Printf("%d rules\n  %-24s %8s %8s\n", len(ids), "rule", "passing", "failing")
	for _, id := range ids {
		fmt.Printf("  %-24s %8d %8d\n", id, n.passing[id], n.failing[id])
		if !partial && (n.passing[id] == 0 || n.failing[id] == 0) {
			t.Errorf("%s: %d passing and %d failing plans; at least one of each is needed", id, n.passing[id], n.failing[id])
		}
	}
}

// shippedRules are the ids in the rules' annotations. Each has a title and a description.
func shippedRules(t *testing.T) []string {
	t.Helper()
	bundle, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for name, file := range bundle.Modules {
		for _, annotation := range file.Parsed.Annotations {
			id, ok := annotation.Custom["id"].(string)
			if !ok {
				continue
			}
			if annotation.Title == "" || annotation.Description == "" {
				t.Errorf("%s: rule %s has no title or no description", name, id)
			}
			if !strings.Contains(string(file.Raw), fmt.Sprintf("finding(%q,", id)) {
				t.Errorf("%s: no finding has the id %s", name, id)
			}
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
