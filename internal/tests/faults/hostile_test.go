package faults_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Names with characters that control a terminal or mislead a reader are made harmless in the provider's messages, and stored
// unchanged.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a\x1b[31mred", "a\u202eb", "a\nb", "a\x00b", "🔑\u200f🔑", "../../etc", "%2e%2e/x", "scapi_looks-like-one"} {
		e := acctest.New(t)
		config := acctest.With(acctest.Basic, acctest.Values{"name": name})
		in := e.NewProvider().Create(config)
		if e.OnlyToken().Name != name || in.Text("name") != name {
			t.Errorf("%q is stored as %q", name, e.OnlyToken().Name)
		}
		e.Must(e.Emulator.RevokeToken(in.Text("id")))
		c, in := e.Refreshed(in)
		p := c.Plan(in, config)
		e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: 403})
		_, _, diags := c.Apply(p, in, acctest.DestroyFirst)
		_, imported := c.Import(t.Context(), "name:"+name)
		text := acctest.Warnings(p.Diagnostics) + acctest.Errors(diags) + acctest.Errors(imported)
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
	e := acctest.New(t)
	c := e.NewProvider()
	for _, id := range []string{"..", ".", "../user_tokens", "x/revoke", "x?status=y", "x#y", "%2e%2e", "a b", "é"} {
		if _, diags := c.Import(t.Context(), id); !strings.Contains(acctest.Errors(diags), "There is no such token") {
			t.Errorf("%q: %s", id, acctest.Errors(diags))
		}
	}
	for _, call := range e.Emulator.Calls() {
		switch call.Operation {
		case "WhoAmI", "ListServiceUserTokens", "GetServiceUserToken":
		default:
			t.Errorf("%s %s was called", call.Operation, call.Path)
		}
	}
}

// A sample of the fault matrix through the CLI: a lost response with a secret, with create_before_destroy.
func TestAccLostResponse_throughTheCLI(t *testing.T) {
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
			e := acctest.New(t, func(o *emulator.Options) { o.ActiveTokenLimit = 2 })
			lost.Call, lost.Operation = 1, "CreateServiceUserToken"
			says := `One\s+of\s+these\s+tokens\s+may\s+be`
			switch {
			case method == "regenerate":
				lost.Operation, says = "RegenerateServiceUserToken", `safe\s+to\s+run\s+again`
			case lost.Cut == emulator.CutBefore:
				says = `one\s+may\s+still\s+appear`
			}
			var managed string
			e.Run(
				resource.TestStep{Config: e.Config(config, method, "1"), Check: func(*terraform.State) error { managed = e.OnlyToken().ID; return nil }},
				resource.TestStep{
					PreConfig: func() { e.Emulator.Fail(lost) }, Config: e.Config(config, method, "2"),
					ExpectError: regexp.MustCompile(`(?s)` + lost.Operation + `.*` + says),
				},
				resource.TestStep{PreConfig: func() { removeOthers(e, managed) }, Config: e.Config(config, method, "2")},
				resource.TestStep{Config: e.Config(config, method, "2"), ConfigPlanChecks: acctest.NoChanges()},
			)
		}
	}
}

// removeOthers revokes and deletes the tokens that are not in state, as the error of a lost create advises.
func removeOthers(e *acctest.Env, managed string) {
	for _, id := range e.ActiveIDs() {
		if id != managed {
			e.Must(e.Emulator.RevokeToken(id))
			e.Must(e.Emulator.DeleteToken(id))
		}
	}
}
