package policies

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
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
	needs      string            // what the CLI has to know, as internal/cli/versions.txt names it
	edit       func(plan object) // adds what this CLI does not write
	data       object            // entries of token_review
	want       []string
}

// object is one in JSON.
type object = map[string]any

// planCases are all of them; a rule's own cases are beside each other.
func planCases() []planCase {
	return slices.Concat(settingsCases(), secretCases(), approvalCases(), destroyCases(), actionCases(), keptCases(), ephemeralCases(), quotaCases(),
		credentialCases(), sourceCases(), reviewableCases(), flowCases(), boundCases(), readerCases(), weakerCases(), managedCases())
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
func approve(operation string, addresses ...string) object {
	return approvals("security@example.com", "2200-01-01T00:00:00Z", operation, addresses...)
}

func approvals(by, expires, operation string, addresses ...string) object {
	list := []any{}
	for _, address := range addresses {
		list = append(list, object{"address": address, "operations": []any{operation}, "approved_by": by, "expires": expires})
	}
	return object{"approvals": list}
}

// with adds an entry to data.
func with(data object, key string, value any) object {
	if data == nil {
		data = object{}
	}
	data[key] = value
	return data
}

// limits are loose ones but for the entries in changed: approvals for ever, and tokens that nobody has counted.
func limits(changed object) object {
	limits := object{
		"max_inactivity_expiry_days": json.Number("60"), "max_rotate_after_days": json.Number("90"), "max_active_tokens": json.Number("18"),
		"max_approval_days": json.Number("100000"), "require_organization_count": false, "permission_set_ids": nil, "organization_ids": nil,
		"require_bound_approvals": false, "require_readers": false, "min_expiry_warning_days": json.Number("7"),
	}
	maps.Copy(limits, changed)
	return limits
}

// run makes the plan, and the data that it is judged with.
func (c planCase) run(t *testing.T) ([]byte, object) {
	t.Helper()
	w := newWorkspace(t, c.foreign)
	for folder, configuration := range c.modules {
		w.write(folder+"/main.tf", configuration)
	}
	w.apply(c.before)
	if c.outside != nil {
		c.outside(w)
	}
	plan := w.plan(c.plan, c.mayFail, c.args...)
	if c.edit != nil {
		plan = w.edited(plan, c.edit)
	}
	return plan, w.named(c.data)
}

// edited is a plan with what a test adds to it.
func (w *workspace) edited(plan []byte, edit func(object)) []byte {
	w.t.Helper()
	document := w.fromJSON(string(plan))
	edit(document)
	plan, err := json.Marshal(document)
	w.must(err)
	return plan
}

// In data these stand for ids that the emulator makes up: of the permission set that tokens have, of the organization, and
// of the tokens a and ws.
const permissionSet, anOrg, tokenA, tokenWS = "PERMISSION SET", "ORGANIZATION", "TOKEN a", "TOKEN ws"

// named is data with the ids of this workspace.
func (w *workspace) named(data object) object {
	w.t.Helper()
	inJSON, err := json.Marshal(data)
	w.must(err)
	text := strings.NewReplacer(permissionSet, w.permissionSet(), anOrg, w.em.OrganizationID()).Replace(string(inJSON))
	for _, name := range []string{tokenA, tokenWS} {
		if strings.Contains(text, name) {
			text = strings.ReplaceAll(text, name, w.tokenID(strings.TrimPrefix(name, "TOKEN ")))
		}
	}
	return w.fromJSON(text)
}

func (w *workspace) fromJSON(text string) object {
	w.t.Helper()
	var document object
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // as OPA reads numbers
	w.must(decoder.Decode(&document))
	return document
}

// Each rule finds what it is for in real plans, and nothing else; on the filtered plan just the same.
func TestPlans(t *testing.T) {
	ruleIDs := shippedRules(t)
	counted := newCount()
	t.Cleanup(func() { counted.report(t, ruleIDs) }) // after the parallel tests
	for _, c := range planCases() {
		if c.needs != "" && cli.Versions(c.needs).LackedBy(cliOf(t)) != "" {
			counted.notRun++
			continue
		}
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			if !slices.Contains(ruleIDs, c.rule) {
				t.Fatalf("no rule is named %s", c.rule)
			}
			plan, data := c.run(t)
			want := append([]string{}, c.want...)
			slices.Sort(want)
			if got := review(t, plan, data); !slices.Equal(got, want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
			}
			if got := review(t, sanitized(t, plan), data); !slices.Equal(got, want) {
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
	notRun, edited   int
}

func newCount() *count { return &count{passing: map[string]int{}, failing: map[string]int{}} }

func (n *count) add(c planCase) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.edit != nil {
		n.edited++
	}
	if slices.ContainsFunc(c.want, func(finding string) bool { return strings.HasPrefix(finding, c.rule+" ") }) {
		n.failing[c.rule]++
	} else {
		n.passing[c.rule]++
	}
}

// report prints the numbers, and fails a whole run in which a rule had no passing or no failing plan.
func (n *count) report(t *testing.T, ids []string) {
	partial := flag.Lookup("test.run").Value.String() != ""
	if jqProgram() == "" {
		fmt.Println("NOT RUN: the filter by jq, which is not on PATH; it was run by gojq only")
	}
	if n.notRun > 0 {
		fmt.Printf("NOT RUN: %d plans that this CLI cannot make, with actions and the like; much of it is judged on plans that a test has added them to\n", n.notRun)
	}
	passing, failing := 0, 0
	for _, id := range ids {
		passing, failing = passing+n.passing[id], failing+n.failing[id]
	}
	fmt.Printf("%d rules, %d passing and %d failing plans, %d of them with parts that a test has added\n  %-24s %8s %8s\n", len(ids), passing, failing, n.edited, "rule", "passing", "failing")
	for _, id := range ids {
		fmt.Printf("  %-24s %8d %8d\n", id, n.passing[id], n.failing[id])
		if !partial && (n.passing[id] == 0 || n.failing[id] == 0) {
			t.Errorf("%s: %d passing and %d failing plans; at least one of each is needed", id, n.passing[id], n.failing[id])
		}
	}
}
