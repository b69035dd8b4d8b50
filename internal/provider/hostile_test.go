package provider_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Names that could steer a terminal or look like something else are shown harmless wherever the provider speaks, and are
// stored as they are.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a\x1b[31mred", "a\u202eb", "a\nb", "a\x00b", "🔑\u200f🔑", "../../etc", "%2e%2e/x", "scapi_looks-like-one"} {
		e := newEnvironment(t, nil)
		config := with(basic, values{"name": name})
		in := e.newCore(nil).create(config)
		if e.only().Name != name || in.text("name") != name {
			t.Errorf("%q is stored as %q", name, e.only().Name)
		}
		e.must(e.em.RevokeToken(in.text("id")))
		c, in := e.refreshed(in)
		p := c.plan(in, config)
		e.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: 403})
		_, _, diags := c.apply(p, in, false)
		_, imported := c.importState(t.Context(), "name:"+name)
		text := warningsOf(p.diags) + errorsOf(diags) + errorsOf(imported)
		for _, r := range strings.ReplaceAll(text, "\n", "") {
			if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%q: %U reaches the terminal", name, r)
			}
		}
		if !strings.Contains(text, `Token "`) || !strings.Contains(text, "403") {
			t.Errorf("%q: %s", name, text)
		}
	}
}

// Ids from a state or an import cannot reach another path.
func TestHostileIDs(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	for _, id := range []string{"..", ".", "../user_tokens", "x/revoke", "x?status=y", "x#y", "%2e%2e", "a b", "é"} {
		if _, diags := c.importState(t.Context(), id); !strings.Contains(errorsOf(diags), "There is no such token") {
			t.Errorf("%q: %s", id, errorsOf(diags))
		}
	}
	for _, call := range e.em.Calls() {
		switch call.Operation {
		case "WhoAmI", "ListServiceUserTokens", "GetServiceUserToken":
		default:
			t.Errorf("%s %s was called", call.Operation, call.Path)
		}
	}
}

// A chosen part of the fault matrix through the CLI: a create whose answer is lost, with create_before_destroy and exactly
// one free slot.
func TestLostAnswers_throughTheCLI(t *testing.T) {
	t.Parallel()
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { n = %q }
  lifecycle { create_before_destroy = true }
}`
	for _, method := range []string{"replace", "regenerate"} {
		for _, lost := range []emulator.Fault{{Cut: emulator.CutAfter}, {Status: 502, AfterWork: true, Body: "<html>", ContentType: "text/html"}, {Cut: emulator.CutBefore}} {
			e := newEnvironment(t, func(o *emulator.Options) { o.ActiveTokenLimit = 2 })
			lost.Call, lost.Operation = 1, "CreateServiceUserToken"
			if method == "regenerate" {
				lost.Operation = "RegenerateServiceUserToken"
			}
			e.run(
				resource.TestStep{Config: e.config(config, method, "1")},
				resource.TestStep{
					PreConfig: func() { e.em.Fail(lost) }, Config: e.config(config, method, "2"),
					ExpectError: regexp.MustCompile(`(?s)` + lost.Operation + `.*safe\s+to\s+run\s+again`),
				},
				resource.TestStep{Config: e.config(config, method, "2")},
				resource.TestStep{Config: e.config(config, method, "2"), ConfigPlanChecks: quiet()},
			)
		}
	}
}
