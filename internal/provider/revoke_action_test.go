package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A managed token is revoked in an incident: the action is planned and reports its progress, and the next run shows drift.
func TestRevokeAction(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider()
	in := c.Create(acctest.Basic)
	token := e.OnlyToken()
	e.Emulator.ForgetCalls()
	c.NoErrors(c.PlanRevoke(tftypes.NewValue(tftypes.String, acctest.Unknown)))
	c.NoErrors(c.PlanRevoke(token.ID))
	e.ExpectWrites()
	said, diags := c.InvokeRevoke(token.ID)
	c.NoErrors(diags)
	acctest.ExpectContains(t, said, `Token "t" (`+token.ID+`) is being revoked.`, "is revoked: its secret does not work any more.")
	if e.Emulator.Accepts(in.Text("token")) || e.OnlyToken().Status != "TOKEN_STATUS_REVOKED" {
		t.Error("the token is not revoked")
	}
	e.ExpectWrites("RevokeServiceUserToken")

	said, diags = c.InvokeRevoke(token.ID)
	c.NoErrors(diags)
	acctest.ExpectContains(t, said, "is revoked already: nothing was done.")
	e.ExpectWrites()

	next := e.NewProvider()
	drifted, diags := next.Read(in)
	next.NoErrors(diags)
	if p := next.Plan(drifted, acctest.Basic); drifted.Text("status") != "revoked" || !p.Replace {
		t.Errorf("status %s, replace %t", drifted.Text("status"), p.Replace)
	}
}

func TestRevokeAction_expired(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, _ := e.CreateOutside("old")
	e.Clock.Advance(46 * acctest.Day)
	said, diags := e.NewProvider().InvokeRevoke(token.ID)
	if acctest.Errors(diags) != "" {
		t.Error(acctest.Errors(diags))
	}
	acctest.ExpectContains(t, said, `Token "old"`, "is expired already: nothing was done.")
	e.ExpectWrites()
}

// A refusal comes at plan, and again when the action is invoked.
func TestRevokeAction_refuses(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	own, ownSecret := e.CreateOutside("terraform", "Platform administration")
	other, _ := e.CreateOutside("other")
	for name, tt := range map[string]struct {
		settings acctest.Values
		id       string
		atPlan   bool
		want     []string
	}{
		"its own":   {acctest.Values{"api_token": ownSecret}, own.ID, true, []string{"authenticates with this token", "SAFETYCULTURE_API_TOKEN"}},
		"unknown":   {nil, "nobody", true, []string{`revoke token "nobody"`, "There is no such token"}},
		"empty":     {nil, "", true, []string{`revoke token ""`}},
		"read-only": {acctest.Values{"read_only": true}, other.ID, false, []string{"read-only", "Nothing was sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := e.NewProvider(tt.settings)
			if diags := c.PlanRevoke(tt.id); tt.atPlan {
				acctest.ExpectContains(t, acctest.Errors(diags), tt.want...)
			} else {
				c.NoErrors(diags)
			}
			_, diags := c.InvokeRevoke(tt.id)
			acctest.ExpectContains(t, acctest.Errors(diags), tt.want...)
		})
	}
	e.ExpectWrites()
	if len(e.Emulator.ActiveTokens()) != 2 {
		t.Error("something was revoked")
	}
}

// After a lost response the action reads the token. A refused call is an error with advice.
func TestRevokeAction_fails(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	lost, _ := e.CreateOutside("lost")
	refused, _ := e.CreateOutside("refused")
	e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	_, diags := e.NewProvider().InvokeRevoke(lost.ID)
	if acctest.Errors(diags) != "" {
		t.Error(acctest.Errors(diags))
	}
	e.Emulator.Heal()
	e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: http.StatusForbidden, Call: 1})
	said, diags := e.NewProvider().InvokeRevoke(refused.ID)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot revoke token "`+refused.ID+`"`, "Platform management: Organization")
	if strings.Contains(said, "is revoked") {
		t.Errorf("it says %q", said)
	}
}
