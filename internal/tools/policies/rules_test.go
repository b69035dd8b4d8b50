package policies

import (
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

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
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) != len(slices.Compact(slices.Clone(ids))) {
		t.Errorf("two rules have the same id: %v", ids)
	}
	return ids
}

// Each finding that the rules can make has an id that a rule's annotation explains, and a message that says how to fix it; and
// each annotation has a finding.
func TestRules(t *testing.T) {
	t.Parallel()
	ids := shippedRules(t)
	bundle, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for name, file := range bundle.Modules {
		if lines := strings.Count(string(file.Raw), "\n"); lines >= 150 && !strings.HasSuffix(name, "_test.rego") {
			t.Errorf("%s has %d lines; a file stays under 150", name, lines)
		}
		for _, rule := range file.Parsed.Rules {
			for _, made := range findingsOf(rule) {
				found[made.id]++
				if !slices.Contains(ids, made.id) {
					t.Errorf("%s: no annotation explains the finding %q", rule.Location, made.id)
				}
				if !saysHowToFix(made.text) {
					t.Errorf("%s: %q does not say how to fix it", rule.Location, made.text)
				}
			}
		}
	}
	for _, id := range ids {
		if found[id] == 0 {
			t.Errorf("no finding has the id %s", id)
		}
	}
}

type madeFinding struct{ id, text string }

// findingsOf are the calls finding(id, address, text) of a rule's source; of sprintf(text, …) it is the text before it is filled in.
func findingsOf(rule *ast.Rule) []madeFinding {
	var found []madeFinding
	ast.WalkTerms(rule, func(term *ast.Term) bool {
		call, ok := term.Value.(ast.Call)
		if !ok || call[0].String() != "finding" {
			return false
		}
		text := call[3]
		if formatted, ok := text.Value.(ast.Call); ok && formatted[0].String() == "sprintf" {
			text = formatted[1]
		}
		found = append(found, madeFinding{id: literal(call[1]), text: literal(text)})
		return false
	})
	return found
}

// literal is the text that is written down, and empty for anything else.
func literal(term *ast.Term) string {
	text, _ := term.Value.(ast.String)
	return string(text)
}
