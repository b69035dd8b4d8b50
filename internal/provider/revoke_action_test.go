package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

const revokeActionType = "safetyculture_revoke_service_user_token"

// planRevoke plans the action as Terraform does; a nil id is one that is known only after apply.
func (c *core) planRevoke(id any) []*tfprotov6.Diagnostic {
	c.t.Helper()
	server := c.server.(tfprotov6.ActionServer)
	resp, err := server.PlanAction(c.t.Context(), &tfprotov6.PlanActionRequest{ActionType: revokeActionType, Config: c.revokeConfig(id)})
	c.must(err)
	return resp.Diagnostics
}

// revoke invokes the action and returns what it said meanwhile.
func (c *core) revoke(id string) (progress string, diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	server := c.server.(tfprotov6.ActionServer)
	stream, err := server.InvokeAction(c.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: revokeActionType, Config: c.revokeConfig(id)})
	c.must(err)
	var said []string
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			said = append(said, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, event.Diagnostics...)
		}
	}
	return strings.Join(said, "\n"), diags
}

func (c *core) revokeConfig(id any) *tfprotov6.DynamicValue {
	c.t.Helper()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	return dynamic(c.t, kind, object(kind, values{"id": id}))
}

// A managed token that is revoked in an incident: planned, done, said, and seen as drift by the next run.
func TestRevokeAction(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	in := c.create(basic)
	token := e.only()
	e.em.ForgetCalls()
	c.clean(c.planRevoke(tftypes.NewValue(tftypes.String, unknown)))
	c.clean(c.planRevoke(token.ID))
	e.expectChanges()
	said, diags := c.revoke(token.ID)
	c.clean(diags)
	mentions(t, said, `Token "t" (`+token.ID+`) is being revoked.`, "is revoked: its secret does not work any more.")
	if e.em.Accepts(in.text("token")) || e.only().Status != "TOKEN_STATUS_REVOKED" {
		t.Error("the token is not revoked")
	}
	e.expectChanges("RevokeServiceUserToken")

	said, diags = c.revoke(token.ID)
	c.clean(diags)
	mentions(t, said, "is revoked already: nothing was done.")
	e.expectChanges()

	next := e.newCore(nil)
	drifted, diags := next.read(in)
	next.clean(diags)
	if p := next.plan(drifted, basic); drifted.text("status") != "revoked" || !p.replace {
		t.Errorf("status %s, replace %t", drifted.text("status"), p.replace)
	}
}

func TestRevokeAction_expired(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("old")
	e.clock.Advance(46 * day)
	said, diags := e.newCore(nil).revoke(token.ID)
	if errorsOf(diags) != "" {
		t.Error(errorsOf(diags))
	}
	mentions(t, said, `Token "old"`, "is expired already: nothing was done.")
	e.expectChanges()
}

// What is refused is refused at plan, and again when it is invoked.
func TestRevokeAction_refuses(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	own, ownSecret := e.makeForeign("terraform", "Platform administration")
	other, _ := e.makeForeign("other")
	for name, tt := range map[string]struct {
		settings values
		id       string
		atPlan   bool
		want     []string
	}{
		"its own":   {values{"api_token": ownSecret}, own.ID, true, []string{"authenticates with this token", "SAFETYCULTURE_API_TOKEN"}},
		"unknown":   {nil, "nobody", true, []string{`revoke token "nobody"`, "There is no such token"}},
		"empty":     {nil, "", true, []string{`revoke token ""`}},
		"read-only": {values{"read_only": true}, other.ID, false, []string{"read-only", "Nothing was sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := e.newCore(tt.settings)
			if diags := c.planRevoke(tt.id); tt.atPlan {
				mentions(t, errorsOf(diags), tt.want...)
			} else {
				c.clean(diags)
			}
			_, diags := c.revoke(tt.id)
			mentions(t, errorsOf(diags), tt.want...)
		})
	}
	e.expectChanges()
	if len(e.em.ActiveTokens()) != 2 {
		t.Error("something was revoked")
	}
}

// A lost answer is looked up, and a refused call is an error in words.
func TestRevokeAction_fails(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	lost, _ := e.makeForeign("lost")
	refused, _ := e.makeForeign("refused")
	e.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	_, diags := e.newCore(nil).revoke(lost.ID)
	if errorsOf(diags) != "" {
		t.Error(errorsOf(diags))
	}
	e.em.Heal()
	e.em.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Status: http.StatusForbidden, Call: 1})
	said, diags := e.newCore(nil).revoke(refused.ID)
	mentions(t, errorsOf(diags), `Cannot revoke token "`+refused.ID+`"`, "Platform management: Organization")
	if strings.Contains(said, "is revoked") {
		t.Errorf("it says %q", said)
	}
}

// With Terraform itself, for those who have one that knows actions.
func TestRevokeAction_command(t *testing.T) {
	t.Parallel()
	needsActions.orSkip(t)
	e := newEnvironment(t, nil)
	stolen, secret := e.makeForeign("stolen")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.factories(),
		Steps: []resource.TestStep{{
			Config: e.config("%s", fmt.Sprintf(`action "safetyculture_revoke_service_user_token" "stolen" {
  config {
    id = %q
  }
}

resource "terraform_data" "incident" {
  input = "1"
  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.safetyculture_revoke_service_user_token.stolen]
    }
  }
}
`, stolen.ID)),
		}},
	})
	if e.em.Accepts(secret) {
		t.Error("the secret still works")
	}
}

// An incident: the action is run by itself, and the next plan shows what it has done.
func TestRevokeAction_invoke(t *testing.T) {
	t.Parallel()
	needsActions.orSkip(t)
	w := workspaceIn(newEnvironment(t, nil))
	w.serve()
	w.write("main.tf", managed+"\n\naction \"safetyculture_revoke_service_user_token\" \"exposed\" {\n  config {\n    id = "+address+".id\n  }\n}\n")
	w.expect(0, "init")
	w.expect(0, "apply", "-auto-approve")
	w.em.ForgetCalls()
	out := w.expect(0, "apply", "-no-color", "-auto-approve", "-invoke=action.safetyculture_revoke_service_user_token.exposed")
	mentions(t, out, `Token "t" (`+w.only().ID+`) is revoked: its secret does not work any more.`)
	w.expectChanges("RevokeServiceUserToken")
	w.expect(2, "plan", "-detailed-exitcode")
}
