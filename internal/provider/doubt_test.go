package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// without is an instance whose state lacks an attribute, and which has no identity, as an older version left it.
func without(t *testing.T, in acctest.Instance, name string) acctest.Instance {
	t.Helper()
	var attributes map[string]tftypes.Value
	if err := in.State.As(&attributes); err != nil {
		t.Fatal(err)
	}
	attributes[name] = tftypes.NewValue(attributes[name].Type(), nil)
	return acctest.Instance{State: tftypes.NewValue(in.State.Type(), attributes), Private: in.Private}
}

// The state does not say which organization the token belongs to, and with the credential of another organization every token
// looks deleted. Neither a read nor a destroy without refresh forgets the live token.
func TestState_withoutOrganization_doesNotForgetALiveToken(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := without(t, e.NewProvider().Create(acctest.Basic), "organization_id")
	_, stranger := e.Emulator.AddOrganization()
	c := e.NewProvider(acctest.Values{"api_token": stranger})
	for name, try := range map[string]func() string{
		"read":    func() string { _, diags := c.Read(in); return acctest.Errors(diags) },
		"destroy": func() string { _, diags := c.Destroy(in); return acctest.Errors(diags) },
	} {
		if text := try(); !strings.Contains(text, "Set organization_id in the provider block") {
			t.Errorf("%s: %q", name, text)
		}
	}
	if len(e.Emulator.ActiveTokens()) != 1 {
		t.Fatal("the token was touched")
	}
	c, read := e.Refreshed(in)
	if read.Text("organization_id") != e.Emulator.OrganizationID() {
		t.Errorf("found through its own organization's credential, it is in %q", read.Text("organization_id"))
	}
	left, diags := c.Destroy(in)
	c.NoErrors(diags)
	if !left.State.IsNull() || len(e.Emulator.Tokens()) != 0 {
		t.Error("the right credential does not destroy it")
	}
	c = e.NewProvider(acctest.Values{"organization_id": e.Emulator.OrganizationID()})
	left, diags = c.Destroy(in)
	c.NoErrors(diags)
	if !left.State.IsNull() {
		t.Error("with a guard, a token that is not there is not gone")
	}
}

// If a server does not say when a secret was issued, or a token created, the provider shows no date and no age.
func TestWords_withoutTimes(t *testing.T) {
	t.Parallel()
	for _, missing := range [][]string{{"issued_at"}, {"issued_at", "created_at"}} {
		e := acctest.New(t, func(o *emulator.Options) {
			o.ActiveTokenLimit = 3
			o.Habits = emulator.Habits{Missing: missing}
		})
		c := e.NewProvider()
		in := c.Create(acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30}))
		c.Create(acctest.Basic)
		c.Create(acctest.Basic)
		e.Clock.Advance(40 * acctest.Day)
		c = e.NewProvider()
		read, diags := c.Read(in)
		c.NoErrors(diags)
		text := acctest.Warnings(diags)
		p := c.Plan(read, acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30}))
		text += acctest.Warnings(p.Diagnostics)
		_, _, diags = c.Apply(c.Plan(acctest.Instance{}, acctest.Basic), acctest.Instance{}, acctest.DestroyFirst)
		text += acctest.Errors(diags)
		_, diags = c.ReadData("safetyculture_service_user_token", acctest.Values{"name": "t"})
		text += acctest.Errors(diags)
		acctest.ExpectContains(t, text, "expires soon", "no free slot", `3 tokens are named "t"`)
		if wrong := regexp.MustCompile(`.*(106751|0001-01-01).*`).FindAllString(text, -1); len(wrong) > 0 {
			t.Errorf("without %v: %s", missing, strings.Join(wrong, "\n"))
		}
	}
}

// The list leaves out the service user. The one in state stays, and with it the guard of the provider's own token.
func TestOwnToken_listThatDoesNotSayWhose(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider().Create(acctest.Basic)
	e.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
		return status, regexp.MustCompile(`"service_user_id":"[^"]*",?`).ReplaceAll(body, nil)
	}})
	_, read := e.Refreshed(in)
	if before, after := in.Text("service_user_id"), read.Text("service_user_id"); before == "" || before != after {
		t.Errorf("service_user_id %q became %q", before, after)
	}
}
