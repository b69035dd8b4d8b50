package policies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everywhere goes beside secretive, so that the plan has all that a plan can have: a move, an import, a deposed object, checks,
// conditions, provisioners, a data source that was read, nested modules with for_each, and keys of instances.
const everywhere = `
resource "safetyculture_service_user_token" "several" {
  for_each           = toset(["x", "y"])
  name               = each.key
  permission_set_ids = var.sets
  rotate_after_days  = 30
}
resource "safetyculture_service_user_token" "imported" {
  name               = "integration-0001"
  permission_set_ids = var.sets
  rotate_after_days  = 30
}
import {
  to = safetyculture_service_user_token.imported
  id = "name:integration-0001"
}
moved {
  from = terraform_data.before
  to   = terraform_data.after
}
resource "terraform_data" "after" {
  for_each = safetyculture_service_user_token.several
  input    = { key = each.key, count = length(each.value.name) }
  provisioner "local-exec" {
    command = "echo ${self.id}"
  }
  lifecycle {
    precondition {
      condition     = each.value.token != ""
      error_message = "s3cret-message"
    }
  }
}
module "nested" {
  source   = "./nested"
  for_each = toset(["x"])
  password = { a = var.given, b = safetyculture_service_user_token.kept.token }
}
check "c" {
  assert {
    condition     = terraform_data.consumer.output == null
    error_message = "s3cret-check"
  }
}
output "nested" {
  value     = [module.nested["x"].out, module.nested, terraform_data.after["x"].output.key]
  sensitive = true
}
`

// inEverywhere are its modules.
var inEverywhere = map[string]string{
	"nested": "variable \"password\" {}\nmodule \"own\" {\n  source = \"./own\"\n  inner  = var.password.a\n}\noutput \"out\" {\n  value = var.password\n}\nresource \"terraform_data\" \"x\" {\n  count = 2\n  input = var.password\n}\n",
	// A provider block of its own would forbid for_each.
	"nested/own": strings.Replace(ownProvider, "provider \"sc\" {\n  api_token = var.inner\n}\n", "", 1),
}

// walkPositions calls visit with each string of a document, and each key, by a path in which the elements of a list are one, and
// with what puts another text in its place.
func walkPositions(value any, path string, set func(any), visit func(path, text string, plant func(string) func())) {
	switch value := value.(type) {
	case string:
		visit(path, value, func(text string) func() {
			set(text)
			return func() { set(value) }
		})
	case []any:
		for i, element := range value {
			walkPositions(element, path+"/*", func(other any) { value[i] = other }, visit)
		}
	case object:
		for name, element := range value {
			visit(path+"/"+name+" (key)", name, func(text string) func() {
				delete(value, name)
				value[text] = element
				return func() {
					delete(value, text)
					value[name] = element
				}
			})
			walkPositions(element, path+"/"+name, func(other any) { value[name] = other }, visit)
		}
	}
}

// richPlan is a plan by the CLI that the tests run, with something in every place that there can be.
func richPlan(t *testing.T) []byte {
	t.Helper()
	w := newWorkspace(t, 1)
	w.Env = append(w.Env, "TF_VAR_given=s3cret-given")
	w.write("m/main.tf", inSecretive)
	for folder, configuration := range inEverywhere {
		w.write(folder+"/main.tf", configuration)
	}
	before := "resource \"terraform_data\" \"before\" {\n  for_each = toset([\"x\"])\n  input    = each.key\n}\n"
	w.apply(fmt.Sprintf(secretive, "1") + before)
	w.applyInPart(fmt.Sprintf(secretive, "2") + before)
	w.revoke("s3cret-name-2")
	document := w.fromJSON(string(w.plan(fmt.Sprintf(secretive, "3")+everywhere, true)))
	for list, entries := range secretiveLists {
		if _, has := document[list]; !has {
			document[list] = entries
		}
	}
	plan, err := json.Marshal(document)
	w.must(err)
	return plan
}

// Whatever string of a plan is a secret, and whatever key, it is not in the filtered plan, and the rules decide the same as on the
// whole plan.
func TestSanitize_everyPosition(t *testing.T) {
	t.Parallel()
	const planted = "scapi_6f5e4d3c2b1a09f8e7d6c5b4a392817f6f5e4d3c2b1a09f8e7d6c5b4a392817f"
	plan := richPlan(t)
	var document any
	if err := json.Unmarshal(plan, &document); err != nil {
		t.Fatal(err)
	}
	decided := map[string][]string{}
	seen, in, refused := map[string]bool{}, map[string]int{}, 0
	walkPositions(document, "", nil, func(path, text string, plant func(string) func()) {
		if seen[path] {
			return
		}
		seen[path] = true
		in[strings.Split(strings.TrimSuffix(path, " (key)"), "/")[1]]++
		restore := plant(planted)
		defer restore()
		whole, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		found := review(t, whole, nil)
		filtered, err := filteredBy(t, whole)
		if err != nil {
			refused++
			if strings.Contains(err.Error(), planted[:20]) || len(found) == 0 {
				t.Errorf("%s: refused with %v, and the rules find %v in the whole plan", path, err, found)
			}
			return
		}
		if bytes.Contains(filtered, []byte(planted[6:26])) {
			t.Errorf("%s: the secret is in the filtered plan", path)
		}
		after, known := decided[string(filtered)] // most of a plan does not reach the filter's output
		if !known {
			after = review(t, filtered, nil)
			decided[string(filtered)] = after
		}
		if !slices.Equal(withoutRemoved(after, planted), withoutRemoved(found, planted)) {
			t.Errorf("%s (%q): after the filter, found\n  %s\nand without it\n  %s", path, text, strings.Join(after, "\n  "), strings.Join(found, "\n  "))
		}
	})
	t.Logf("%d positions, %d of them refused, in %d bytes: %v", len(seen), refused, len(plan), in)
	for _, section := range append(slices.Clone(sections), "checks") {
		if in[section] == 0 {
			t.Errorf("the plan has no string in %s: this test tests nothing there", section)
		}
	}
}

var removed = regexp.MustCompile(`\(removed \d+\)`)

// withoutRemoved are findings with one word for the secret and for what stands in its place.
func withoutRemoved(findings []string, planted string) []string {
	var plain []string
	for _, finding := range findings {
		plain = append(plain, removed.ReplaceAllString(strings.ReplaceAll(finding, planted, "(removed 1)"), "…"))
	}
	slices.Sort(plain)
	return slices.Compact(plain)
}
