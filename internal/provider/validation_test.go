package provider_test

import (
	"strings"
	"testing"
)

func TestValidation(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	c := e.NewProvider(nil)
	set := []string{"some-id"}
	for name, v := range map[string]struct {
		config Values
		want   []string // empty: valid
	}{
		"smallest":                   {Basic, nil},
		"100 characters of 4 bytes":  {With(Basic, Values{"name": strings.Repeat("🔑", 100)}), nil},
		"everything unknown":         {Values{"name": Unknown, "permission_set_ids": Unknown, "all_permissions": Unknown, "inactivity_expiry_days": Unknown}, nil},
		"unknown beside a grant":     {Values{"name": "t", "permission_set_ids": set, "all_permissions": Unknown}, nil},
		"empty name":                 {With(Basic, Values{"name": ""}), []string{"Invalid name", "empty", "1 to 100 characters"}},
		"101 characters":             {With(Basic, Values{"name": strings.Repeat("é", 101)}), []string{"has 101 characters", "at most 100"}},
		"white space before":         {With(Basic, Values{"name": " t"}), []string{"white space", "trimspace()"}},
		"white space after":          {With(Basic, Values{"name": "t\n"}), []string{"white space"}},
		"only white space":           {With(Basic, Values{"name": " "}), []string{"white space"}},
		"expiry 30":                  {With(Basic, Values{"inactivity_expiry_days": 30}), []string{"inactivity_expiry_days", "31", "45", "60", "180"}},
		"no grant":                   {Values{"name": "t"}, []string{"Missing permissions", "permission_set_ids = [", "all_permissions = true"}},
		"both grants":                {Values{"name": "t", "permission_set_ids": set, "all_permissions": true}, []string{"Conflicting permissions"}},
		"empty set":                  {Values{"name": "t", "permission_set_ids": []string{}}, []string{"permission_set_ids", "at least 1"}},
		"empty id":                   {Values{"name": "t", "permission_set_ids": []string{""}}, []string{"permission_set_ids", "at least 1"}},
		"all_permissions false":      {Values{"name": "t", "all_permissions": false}, []string{"can only be true", "permission_set_ids"}},
		"rotate_after_days 0":        {With(Basic, Values{"rotate_after_days": 0}), []string{"rotate_after_days", "1"}},
		"unknown method":             {With(Basic, Values{"rotation_method": "rotate"}), []string{"rotation_method", `"replace"`, `"regenerate"`}},
		"unknown policy for revoked": {With(Basic, Values{"on_revoked": "ignore"}), []string{"on_revoked", `"rotate"`, `"keep"`}},
		"unknown policy for expired": {With(Basic, Values{"on_expired": "ignore"}), []string{"on_expired", `"rotate"`, `"keep"`}},
		"unknown policy for destroy": {With(Basic, Values{"on_destroy": "forget"}), []string{"on_destroy", `"delete"`, `"revoke"`}},
	} {
		text := Errors(c.Validate(v.config))
		if (text == "") != (len(v.want) == 0) {
			t.Errorf("%s: %q", name, text)
		}
		ExpectContains(t, text, v.want...)
	}
	if n := len(e.Emulator.Calls()); n > 0 {
		t.Errorf("validation sent %d calls", n)
	}
}
