package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

func TestValidation(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	set := []string{"some-id"}
	for name, v := range map[string]struct {
		config values
		want   []string // empty: valid
	}{
		"smallest":                   {basic, nil},
		"100 characters of 4 bytes":  {with(basic, values{"name": strings.Repeat("🔑", 100)}), nil},
		"everything unknown":         {values{"name": unknown, "permission_set_ids": unknown, "all_permissions": unknown, "inactivity_expiry_days": unknown}, nil},
		"unknown beside a grant":     {values{"name": "t", "permission_set_ids": set, "all_permissions": unknown}, nil},
		"empty name":                 {with(basic, values{"name": ""}), []string{"Invalid name", "empty", "1 to 100 characters"}},
		"101 characters":             {with(basic, values{"name": strings.Repeat("é", 101)}), []string{"has 101 characters", "at most 100"}},
		"white space before":         {with(basic, values{"name": " t"}), []string{"white space", "trimspace()"}},
		"white space after":          {with(basic, values{"name": "t\n"}), []string{"white space"}},
		"only white space":           {with(basic, values{"name": " "}), []string{"white space"}},
		"expiry 30":                  {with(basic, values{"inactivity_expiry_days": 30}), []string{"inactivity_expiry_days", "31", "45", "60", "180"}},
		"no grant":                   {values{"name": "t"}, []string{"Missing permissions", "permission_set_ids = [", "all_permissions = true"}},
		"both grants":                {values{"name": "t", "permission_set_ids": set, "all_permissions": true}, []string{"Conflicting permissions"}},
		"empty set":                  {values{"name": "t", "permission_set_ids": []string{}}, []string{"permission_set_ids", "at least 1"}},
		"empty id":                   {values{"name": "t", "permission_set_ids": []string{""}}, []string{"permission_set_ids", "at least 1"}},
		"all_permissions false":      {values{"name": "t", "all_permissions": false}, []string{"can only be true", "permission_set_ids"}},
		"rotate_after_days 0":        {with(basic, values{"rotate_after_days": 0}), []string{"rotate_after_days", "1"}},
		"unknown method":             {with(basic, values{"rotation_method": "rotate"}), []string{"rotation_method", `"replace"`, `"regenerate"`}},
		"unknown policy for revoked": {with(basic, values{"on_revoked": "ignore"}), []string{"on_revoked", `"rotate"`, `"keep"`}},
		"unknown policy for expired": {with(basic, values{"on_expired": "ignore"}), []string{"on_expired", `"rotate"`, `"keep"`}},
		"unknown policy for destroy": {with(basic, values{"on_destroy": "forget"}), []string{"on_destroy", `"delete"`, `"revoke"`}},
	} {
		text := errorsOf(c.validate(v.config))
		if (text == "") != (len(v.want) == 0) {
			t.Errorf("%s: %q", name, text)
		}
		mentions(t, text, v.want...)
	}
	if n := len(e.em.Calls()); n > 0 {
		t.Errorf("validation sent %d calls", n)
	}
}

// The same through the CLI, where it must come before anything is sent or changed, at plan or, for what only then is
// known, at apply.
func TestValidation_beforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	const late = `resource "terraform_data" "x" { input = "1" }
resource "safetyculture_service_user_token" "test" {
  name               = "t"
  permission_set_ids = terraform_data.x.output == "1" ? null : ["x"]
}`
	e.run(
		resource.TestStep{Config: e.config(broad, " t"), ExpectError: regexp.MustCompile(`white\s+space`)},
		resource.TestStep{Config: e.config(`resource "safetyculture_service_user_token" "test" { name = "t" }`), ExpectError: regexp.MustCompile(`Missing permissions`)},
		resource.TestStep{Config: e.config(late), ExpectError: regexp.MustCompile(`Missing permissions`)},
	)
	e.expectChanges()
}
