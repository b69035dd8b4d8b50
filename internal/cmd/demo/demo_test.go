package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestScreenHidesSecrets(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	s.hide("")
	s.hide("scapi_one")
	s.hide("scapi_two")
	s.say("%s and %s", "scapi_one", "scapi_two")
	s.command("curl -H scapi_one")
	s.holds("scapi_two")
	s.show([]string{"scapi_one"})
	s.fail(errors.New("scapi_two"), []emulator.Call{{Path: "/scapi_one"}})
	if strings.Contains(out.String(), "scapi_") {
		t.Errorf("a secret is on the screen:\n%s", out.String())
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("colors without a terminal:\n%q", out.String())
	}
}

// replacement is the text of a plan; the placeholder is the part in which Terraform and OpenTofu differ.
const replacement = `Terraform will perform the following actions:

  # safetyculture_service_user_token.scim must be replaced
-/+ resource "safetyculture_service_user_token" "scim" {
        name   = "SCIM provisioning"
      ~ status = "revoked" STATUS
    }

Plan: 1 to add, 0 to change, 1 to destroy.

Warning: Token "SCIM provisioning" will have a new secret

  with safetyculture_service_user_token.scim,

It rotates because it was found revoked.
`

func TestPlanReads(t *testing.T) {
	for cli, status := range map[string]string{
		"terraform": "-> (known after apply) # forces replacement",
		"tofu":      "# forces replacement -> (known after apply) # forces replacement",
	} {
		p := &plan{text: strings.Replace(replacement, "STATUS", status, 1)}
		if got := p.block(scim); len(got) != 5 || got[4] != "    }" {
			t.Errorf("%s: block: %q", cli, got)
		}
		if got := p.warning(); len(got) != 3 || got[2] != "It rotates because it was found revoked." {
			t.Errorf("%s: warning: %q", cli, got)
		}
		if err := p.expectWords(scim, `status += "revoked".* # forces replacement`); err != nil {
			t.Errorf("%s: %v", cli, err)
		}
	}
	if got := (&plan{text: "No changes."}).block(scim); got != nil {
		t.Errorf("an empty plan has a block: %q", got)
	}
}

func TestPlanExpect(t *testing.T) {
	p := &plan{Plan: &tfjson.Plan{}}
	for name, actions := range map[string]tfjson.Actions{export: {"no-op"}, scim: {"delete", "create"}} {
		p.ResourceChanges = append(p.ResourceChanges, &tfjson.ResourceChange{Address: address(name), Change: &tfjson.Change{
			Actions: actions, AfterUnknown: map[string]any{"token": true}, ReplacePaths: []any{[]any{"status"}},
		}})
	}
	if err := p.expect(scim, "delete", "create"); err != nil {
		t.Error(err)
	}
	if err := p.expectNewSecret(scim, "status"); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"the other order":        p.expect(scim, "create", "delete"),
		"a resource that stays":  p.expect(export, "update"),
		"a resource not planned": p.expect(sensors, "no-op"),
		"another reason":         p.expectNewSecret(scim, "rotation_triggers"),
		"no such secret":         p.expectNewSecret(sensors, "status"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// An error ends the story: nothing is run or shown after it.
func TestStoryStopsAtTheFirstThatDoesNotHold(t *testing.T) {
	var out bytes.Buffer
	s := &story{screen: newScreen(&out)} // without a program: running one would panic
	s.checkThat(true, "not this")
	s.checkThat(false, "the first")
	s.checkThat(false, "the second")
	if p := s.plan(t.Context()); p.empty || len(p.ResourceChanges) > 0 {
		t.Errorf("it planned: %+v", p)
	}
	s.apply(t.Context())
	if s.call(t.Context(), "GET", "/", "") != 0 || s.err == nil || s.err.Error() != "the first" || out.Len() > 0 {
		t.Errorf("it went on: %v\n%s", s.err, &out)
	}
}
