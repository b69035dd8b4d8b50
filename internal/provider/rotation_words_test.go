package provider_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The warning of a rotation says what happens to the old token, which depends on prior state and lifecycle.
func TestRotationWarning_oldToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after acctest.Values
		want, not     string
	}{
		"deleted":                  {acctest.Values{}, acctest.Values{}, "the old one is revoked and deleted, unless OpenTofu's lifecycle.destroy = false keeps it active", "record"},
		"record kept":              {acctest.Values{"on_destroy": "revoke"}, acctest.Values{"on_destroy": "revoke"}, "the old one is revoked and its record kept, unless OpenTofu's lifecycle.destroy = false", "deleted"},
		"prior state decides":      {acctest.Values{}, acctest.Values{"on_destroy": "revoke"}, "revoked and deleted", "record"},
		"prior state decides, too": {acctest.Values{"on_destroy": "revoke"}, acctest.Values{}, "revoked and its record kept", "deleted"},
		"in place":                 {acctest.Values{"rotation_method": "regenerate"}, acctest.Values{"rotation_method": "regenerate"}, "the old one stops working at once", "destroy"},
	} {
		e := acctest.New(t)
		in := e.NewProvider(nil).Create(acctest.With(acctest.With(acctest.Basic, c.before), acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}}))
		run, in := e.Refreshed(in)
		p := run.Plan(in, acctest.With(acctest.With(acctest.Basic, c.after), acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}}))
		run.NoErrors(p.Diagnostics)
		text := acctest.Warnings(p.Diagnostics)
		acctest.ExpectContains(t, text, c.want)
		if strings.Contains(text, c.not) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
