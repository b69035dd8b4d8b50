package provider_test

import (
	"strings"
	"testing"
)

// The warning of a rotation says what becomes of the old token, as prior state and lifecycle decide.
func TestRotationWords_whatBecomesOfTheOldToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after values
		want, not     string
	}{
		"deleted":                  {values{}, values{}, "the old one is revoked and deleted, unless lifecycle.destroy = false: then it stays active", "record"},
		"record kept":              {values{"on_destroy": "revoke"}, values{"on_destroy": "revoke"}, "the old one is revoked and its record kept, unless lifecycle.destroy = false", "deleted"},
		"prior state decides":      {values{}, values{"on_destroy": "revoke"}, "revoked and deleted", "record"},
		"prior state decides, too": {values{"on_destroy": "revoke"}, values{}, "revoked and its record kept", "deleted"},
		"in place":                 {values{"rotation_method": "regenerate"}, values{"rotation_method": "regenerate"}, "the old one stops working at once", "destroy"},
	} {
		e := newEnvironment(t, nil)
		in := e.newCore(nil).create(with(with(basic, c.before), values{"rotation_triggers": values{"a": "1"}}))
		run, in := e.refreshed(in)
		p := run.plan(in, with(with(basic, c.after), values{"rotation_triggers": values{"a": "2"}}))
		run.clean(p.diags)
		text := warningsOf(p.diags)
		mentions(t, text, c.want)
		if strings.Contains(text, c.not) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
