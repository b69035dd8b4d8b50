package provider_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestValidation(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider()
	set := []string{"some-id"}
	for name, v := range map[string]struct {
		config acctest.Values
		want   []string // empty: valid
	}{
		"smallest":                     {acctest.Basic, nil},
		"100 characters of 4 bytes":    {acctest.With(acctest.Basic, acctest.Values{"name": strings.Repeat("🔑", 100)}), nil},
		"everything unknown":           {acctest.Values{"name": acctest.Unknown, "permission_set_ids": acctest.Unknown, "all_permissions": acctest.Unknown, "inactivity_expiry_days": acctest.Unknown}, nil},
		"unknown beside a grant":       {acctest.Values{"name": "t", "permission_set_ids": set, "all_permissions": acctest.Unknown}, nil},
		"empty name":                   {acctest.With(acctest.Basic, acctest.Values{"name": ""}), []string{"Invalid name", "empty", "1 to 100 characters"}},
		"101 characters":               {acctest.With(acctest.Basic, acctest.Values{"name": strings.Repeat("é", 101)}), []string{"has 101 characters", "at most 100"}},
		"white space before":           {acctest.With(acctest.Basic, acctest.Values{"name": " t"}), []string{"white space", "trimspace()"}},
		"white space after":            {acctest.With(acctest.Basic, acctest.Values{"name": "t\n"}), []string{"white space"}},
		"only white space":             {acctest.With(acctest.Basic, acctest.Values{"name": " "}), []string{"white space"}},
		"expiry 30":                    {acctest.With(acctest.Basic, acctest.Values{"inactivity_expiry_days": 30}), []string{"inactivity_expiry_days", "31", "45", "60", "180"}},
		"no grant":                     {acctest.Values{"name": "t"}, []string{"Missing permissions", "permission_set_ids = [", "all_permissions = true"}},
		"both grants":                  {acctest.Values{"name": "t", "permission_set_ids": set, "all_permissions": true}, []string{"Conflicting permissions"}},
		"empty set":                    {acctest.Values{"name": "t", "permission_set_ids": []string{}}, []string{"permission_set_ids", "at least 1"}},
		"empty id":                     {acctest.Values{"name": "t", "permission_set_ids": []string{""}}, []string{"permission_set_ids", "at least 1"}},
		"all_permissions false":        {acctest.Values{"name": "t", "all_permissions": false}, []string{"can only be true", "permission_set_ids"}},
		"rotate_after_days 0":          {acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 0}), []string{"rotate_after_days", "1"}},
		"unknown method":               {acctest.With(acctest.Basic, acctest.Values{"rotation_method": "rotate"}), []string{"rotation_method", `"replace"`, `"regenerate"`}},
		"unknown behavior for revoked": {acctest.With(acctest.Basic, acctest.Values{"on_revoked": "ignore"}), []string{"on_revoked", `"rotate"`, `"keep"`}},
		"unknown behavior for expired": {acctest.With(acctest.Basic, acctest.Values{"on_expired": "ignore"}), []string{"on_expired", `"rotate"`, `"keep"`}},
		"unknown behavior for destroy": {acctest.With(acctest.Basic, acctest.Values{"on_destroy": "forget"}), []string{"on_destroy", `"delete"`, `"revoke"`}},
	} {
		text := acctest.Errors(c.Validate(v.config))
		if (text == "") != (len(v.want) == 0) {
			t.Errorf("%s: %q", name, text)
		}
		acctest.ExpectContains(t, text, v.want...)
	}
	if n := len(e.Emulator.Calls()); n > 0 {
		t.Errorf("validation sent %d calls", n)
	}
}
