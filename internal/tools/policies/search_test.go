package policies

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/loader"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

var searchDir = filepath.Join(repository, "examples", "policies", "search")

// searching is the value search with the shipped data, and consumers of these tests.
var searching = sync.OnceValues(func() (rego.PreparedEvalQuery, error) {
	bundle, err := loader.NewFileLoader().WithRegoVersion(ast.RegoV1).All([]string{searchDir, dataDir})
	if err != nil {
		return rego.PreparedEvalQuery{}, err
	}
	review := bundle.Documents["token_review"].(object)
	review["secret_consumers"] = append(review["secret_consumers"].([]any), "listed.template.env.value", "action.listed.x")
	options := []func(*rego.Rego){rego.Query("data.safetyculture_search.deny"), rego.Store(inmem.NewFromObject(bundle.Documents))}
	for _, file := range bundle.Modules {
		options = append(options, rego.ParsedModule(file.Parsed))
	}
	return rego.New(options...).PrepareForEval(context.Background())
})

// searchPlan looks for the secrets of an unfiltered plan in it. It returns "rule path" of each finding, without the numbers in the
// path, sorted; and the messages.
func searchPlan(t *testing.T, plan []byte) (found, messages []string) {
	t.Helper()
	query, err := searching()
	if err != nil {
		t.Fatal(err)
	}
	var input any
	if err := json.Unmarshal(plan, &input); err != nil {
		t.Fatal(err)
	}
	result, err := query.Eval(t.Context(), rego.EvalInput(input))
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range result[0].Expressions[0].Value.([]any) {
		finding := each.(object)
		found = append(found, fmt.Sprintf("%s %s", finding["id"], regexp.MustCompile(`\[\d+\]`).ReplaceAllString(finding["address"].(string), "[]")))
		messages = append(messages, finding["msg"].(string))
	}
	slices.Sort(found)
	return slices.Compact(found), messages
}

// searchCase is a change in a folder where the token ws is live, and the places where the search finds its secret.
type searchCase struct {
	name  string
	plan  string
	files map[string]string
	edit  func(plan object, secret string) // adds what no provider here can write
	want  []string
}

func searchCases() []searchCase {
	data := func(more string) string { return live + "resource \"terraform_data\" \"x\" {\n  " + more + "\n}\n" }
	input := []string{"planned_values.root_module.resources[].values.input", "resource_changes[].change.after.input"}
	inOutput := []string{"output_changes.t.after", "planned_values.outputs.t.value", "prior_state.values.outputs.t.value"}
	consumer := func(kind, argument string, value func(string) any) func(object, string) {
		return func(plan object, secret string) {
			list, _ := plan["resource_changes"].([]any)
			plan["resource_changes"] = append(list, object{
				"address": kind + ".x", "mode": "managed", "type": kind, "name": "x", "provider_name": "registry.terraform.io/hashicorp/vault",
				"change": object{"actions": []any{"create"}, "before": nil, "after": object{argument: value(secret)}, "after_unknown": object{}},
			})
		}
	}
	whole := func(s string) any { return s }
	return []searchCase{
		{name: "as it is", plan: data("input = " + secret), want: input},
		{name: "in a text", plan: data("input = \"Bearer ${" + secret + "}\""), want: input},
		{name: "in JSON in a text", plan: data("input = jsonencode({ a = jsonencode(safetyculture_service_user_token.ws) })"), want: input},
		{name: "in base64", plan: data("input = base64encode(" + secret + ")"), want: input},
		{name: "in base64 after one letter", plan: data("input = base64encode(\"x${" + secret + "}\")"), want: input},
		{name: "in base64 after two letters", plan: data("input = base64encode(\"xy${" + secret + "}z\")"), want: input},
		{
			name: "one piece in base64, wherever it begins",
			plan: data("input = { a = base64encode(substr(" + secret + ", 16, 16)), b = base64encode(\"x${substr(" + secret + ", 16, 16)}\"), c = base64encode(\"xy${substr(" + secret + ", 16, 16)}\") }"),
			want: []string{
				"planned_values.root_module.resources[].values.input.a", "planned_values.root_module.resources[].values.input.b", "planned_values.root_module.resources[].values.input.c",
				"resource_changes[].change.after.input.a", "resource_changes[].change.after.input.b", "resource_changes[].change.after.input.c",
			},
		},
		{name: "backwards", plan: data("input = strrev(" + secret + ")"), want: input},
		{name: "in upper case", plan: data("input = upper(" + secret + ")"), want: input},
		{name: "in two halves", plan: data("input = [substr(" + secret + ", 0, 35), substr(" + secret + ", 35, 35)]"), want: []string{"planned_values.root_module.resources[].values.input[]", "resource_changes[].change.after.input[]"}},
		{name: "in a key", plan: data("input = { (" + unmasked + ") = 1 }"), want: input},
		{name: "under a key that is no plain name", plan: data("input = { \"a b1c2d3\" = { z = " + secret + " } }"), want: []string{"planned_values.root_module.resources[].values.input.(removed).z", "resource_changes[].change.after.input.(removed).z"}},
		{name: "in a module", plan: live + calls("s = "+secret), files: map[string]string{"m/main.tf": "variable \"s\" {}\nresource \"terraform_data\" \"x\" {\n  input = var.s\n}\n"}, want: []string{"planned_values.root_module.child_modules[].resources[].values.input", "resource_changes[].change.after.input"}},
		{name: "in an address", plan: data("for_each = toset([" + unmasked + "])"), want: []string{"planned_values.root_module.resources[].address", "planned_values.root_module.resources[].index", "resource_changes[].address", "resource_changes[].index"}},
		{name: "in an output", plan: live + output("t", unmasked), want: inOutput},
		{name: "in an output that reads the state", plan: live + output("t", "file(\"terraform.tfstate\")"), want: inOutput},
		{name: "in a check's message", plan: live + "check \"c\" {\n  assert {\n    condition     = var.sets == null\n    error_message = \"It is ${" + unmasked + "}.\"\n  }\n}\n", want: []string{"checks[].instances[].problems[].message"}},
		{name: "in the name of a token", plan: live + token("b", rotates+"\n  rotation_triggers = { a = "+secret+" }"), want: []string{"planned_values.root_module.resources[].values.rotation_triggers.a", "resource_changes[].change.after.rotation_triggers.a"}},
		{name: "in the attribute of another type", plan: live, edit: consumer("vault_kv_secret_v2", "name", whole), want: []string{"resource_changes[].change.after.name"}},
		{name: "in hexadecimal", plan: live, edit: consumer("other", "x", func(s string) any { return fmt.Sprintf("%x", "a"+s) }), want: []string{"resource_changes[].change.after.x"}},
		{name: "in base64 for URLs", plan: live, edit: consumer("other", "x", func(s string) any { return base64.RawURLEncoding.EncodeToString([]byte("?" + s)) }), want: []string{"resource_changes[].change.after.x"}},
		{name: "in what looks like the state of a token", plan: data("input = { resources = [{ mode = \"managed\", type = \"safetyculture_service_user_token\", values = { token = " + secret + " } }] }"), want: []string{"planned_values.root_module.resources[].values.input.resources[].values.token", "resource_changes[].change.after.input.resources[].values.token"}},

		{name: "twin: the token alone", plan: live},
		{name: "twin: an edit of the token", plan: token("ws", rotates+"\n  inactivity_expiry_days = 31"+createFirst)},
		{name: "twin: destroyed", plan: ""},
		{name: "twin: a sensitive output", plan: live + sensitiveOutput("t", "{ a = [\"Bearer ${"+secret+"}\"] }")},
		{name: "twin: a consumer on the list", plan: live, edit: consumer("github_actions_secret", "plaintext_value", whole)},
		{name: "twin: a part of an argument on the list", plan: live, edit: consumer("vault_kv_secret_v2", "data_json_wo", func(s string) any { return object{"a": []any{s}} })},
		{name: "twin: other texts", plan: data("input = [safetyculture_service_user_token.ws.id, sha256(" + secret + "), \"scapi_\"]")},
	}
}

// The search finds each secret of the state wherever a plan by a real CLI has it, and nowhere else, and repeats nothing of it.
func TestSearch(t *testing.T) {
	base := newWorkspace(t, 1)
	base.apply(live)
	for _, c := range searchCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := base.inFolder(t)
			w.must(os.CopyFS(w.Dir, os.DirFS(folderOf(t, sourceCase{plan: c.plan, files: c.files}.sourceFiles(base), nil))))
			plan := w.plan(c.plan, false)
			state, err := os.ReadFile(filepath.Join(base.Dir, "terraform.tfstate"))
			w.must(err)
			secret := string(aLiveSecret.Find(state))
			if secret == "" || !bytes.Contains(plan, []byte(secret)) {
				t.Fatal("the plan does not hold the secret: this test tests nothing")
			}
			if c.edit != nil {
				document := w.fromJSON(string(plan))
				c.edit(document, secret)
				plan, err = json.Marshal(document)
				w.must(err)
			}
			var want []string
			for _, path := range c.want {
				want = append(want, "secret_found "+path)
			}
			found, messages := searchPlan(t, plan)
			if !slices.Equal(found, want) {
				t.Errorf("found\n  %s\nwant\n  %s", strings.Join(found, "\n  "), strings.Join(want, "\n  "))
			}
			for _, message := range messages {
				for i := range len(secret) - 8 {
					if strings.Contains(message, secret[i:i+8]) {
						t.Fatalf("a message has a part of the secret: %s", message[:20])
					}
				}
				if _, text, _ := strings.Cut(strings.TrimPrefix(message, "secret_found: "), ": "); !saysHowToFix(text) {
					t.Errorf("a finding that does not say how to fix it: %s", message)
				}
			}
		})
	}
}

// Secrets of other forms than the emulator's are found too, in places that no plan of these tests has.
func TestSearch_forms(t *testing.T) {
	t.Parallel()
	const odd = "a?>\"~é&<b/+ ?>?>c\\d"
	twice, err := json.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	change := func(kind string, after any) object {
		return object{"address": kind + ".x", "mode": "managed", "type": kind, "change": object{"actions": []any{"create"}, "before": nil, "after": after}}
	}
	action := func(kind string, values object) object {
		return object{"action_invocations": []any{object{"address": "action." + kind + ".x", "type": kind, "config_values": values}}}
	}
	changes := func(changes ...any) object { return object{"resource_changes": changes} }
	const other = "secret_found resource_changes[].change.after.x"
	for name, c := range map[string]struct {
		secret string
		plan   object
		want   []string
	}{
		"nothing":            {odd, object{}, nil},
		"as it is":           {odd, changes(change("other", object{"x": "b" + odd})), []string{other}},
		"in JSON in a text":  {odd, changes(change("other", object{"x": string(twice)})), []string{other}},
		"in a URL":           {odd, changes(change("other", object{"x": "https://example.com/?q=" + url.QueryEscape(odd)})), []string{other}},
		"in base64":          {odd, changes(change("other", object{"x": base64.StdEncoding.EncodeToString([]byte(odd))})), []string{other}},
		"in base64 for URLs": {odd, changes(change("other", object{"x": base64.URLEncoding.EncodeToString([]byte(odd))})), []string{other}},
		"a short one":        {"s3cret", changes(change("other", object{"x": "the s3cret"})), []string{other}},
		"another text":       {"s3cret", changes(change("other", object{"x": "the s4cret"})), nil},
		"an empty one":       {"", changes(change("other", object{"x": ""})), nil},
		"in a drift":         {odd, object{"resource_drift": []any{change("other", object{"x": odd})}}, []string{"secret_found resource_drift[].change.after.x"}},
		"of a token that is gone": {odd, object{
			"resource_drift":   []any{object{"type": "safetyculture_service_user_token", "mode": "managed", "change": object{"before": object{"token": "an older secret"}, "after": nil}}},
			"resource_changes": []any{change("other", object{"x": "an older secret"})},
		}, []string{other}},
		"in a data source":           {odd, changes(with(change("github_actions_secret", object{"plaintext_value": odd}), "mode", "data")), []string{"secret_found resource_changes[].change.after.plaintext_value"}},
		"in a variable":              {odd, object{"variables": object{"v": object{"value": odd}}}, []string{"secret_found variables.v.value"}},
		"in the configuration":       {odd, object{"configuration": object{"root_module": object{"outputs": object{"o": object{"description": odd}}}}}, []string{"secret_found configuration.root_module.outputs.o.description"}},
		"in an action":               {odd, action("other", object{"x": odd}), []string{"secret_found action_invocations[].config_values.x"}},
		"in an action on the list":   {odd, action("listed", object{"x": odd}), nil},
		"in a block on the list":     {odd, changes(change("listed", object{"template": []any{object{"env": []any{object{"value": odd}}}}})), nil},
		"beside a block on the list": {odd, changes(change("listed", object{"template": []any{object{"env": []any{object{"name": odd}}}}})), []string{"secret_found resource_changes[].change.after.template[].env[].name"}},
	} {
		plan := object{"format_version": "1.2", "configuration": object{}, "prior_state": object{"values": object{"root_module": object{"child_modules": []any{object{
			"resources": []any{object{"address": "module.m." + prefix + "a", "mode": "managed", "type": "safetyculture_service_user_token", "values": object{"token": c.secret}}},
		}}}}}}
		maps.Copy(plan, c.plan)
		document, err := json.Marshal(plan)
		if err != nil {
			t.Fatal(err)
		}
		if found, _ := searchPlan(t, document); !slices.Equal(found, c.want) {
			t.Errorf("%s: found %v, want %v", name, found, c.want)
		}
	}
}

// What is no plan does not pass for one without secrets, and missing data is no empty list.
func TestSearch_refusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `[]`, `{"format_version": "1.0", "values": {}}`} {
		if found, _ := searchPlan(t, []byte(text)); !slices.Equal(found, []string{"secret_found plan"}) {
			t.Errorf("%s: %v", text, found)
		}
	}
	tools, err := reviewTools()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), filepath.Join(tools, "conftest"), "test", "--policy", searchDir, "--namespace", "safetyculture_search", "-")
	command.Stdin = strings.NewReader(`{"format_version": "1.2", "configuration": {}}`)
	if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), "secret_found: data") {
		t.Errorf("without data: %v\n%s", err, out)
	}
}
