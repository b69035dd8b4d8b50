package provider_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The new secret is in state before edits are sent, and a failed edit does not cause another rotation.
func TestRegenerate_failingEditKeepsTheNewSecret(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	config := acctest.With(acctest.Basic, acctest.Values{"rotation_method": "regenerate", "rotation_triggers": acctest.Values{"a": "1"}})
	in := e.NewProvider().Create(config)
	next := acctest.With(config, acctest.Values{"name": "renamed", "rotation_triggers": acctest.Values{"a": "2"}})
	e.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Call: 1, Status: 500})
	c := e.NewProvider()
	current, _, diags := c.Apply(c.Plan(in, next), in, acctest.DestroyFirst)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot update token "t"`, "UpdateServiceUserToken", "500", "request id")
	if secret := current.Text("token"); secret == in.Text("token") || !e.Emulator.Accepts(secret) || current.Text("name") != "t" {
		t.Fatal("the new secret is not in state")
	}
	c, current = e.Refreshed(current)
	p := c.Plan(current, next)
	if p.IsUnknown("token") || !p.HasChanges() {
		t.Fatal("the next plan is not just the edit")
	}
	last, _, diags := c.Apply(p, current, acctest.DestroyFirst)
	c.NoErrors(diags)
	if last.Text("token") != current.Text("token") || e.OnlyToken().Name != "renamed" {
		t.Error("the edit did not come out")
	}
}

// If a regenerate stops after the revoke, the next run continues it, even if on_revoked is "keep".
func TestRegenerate_goesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	for _, behavior := range []string{"rotate", "keep"} {
		for name, before := range map[string]acctest.Values{
			"trigger": {"rotation_triggers": acctest.Values{"a": "1"}}, "due": {"rotate_after_days": 10}, "superseded": {},
		} {
			e := acctest.New(t)
			config := acctest.With(acctest.With(acctest.Basic, acctest.Values{"rotation_method": "regenerate", "on_revoked": behavior}), before)
			in := e.NewProvider().Create(config)
			switch name {
			case "trigger":
				config = acctest.With(config, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}})
			case "due":
				e.Clock.Advance(10 * acctest.Day)
			default:
				e.RegenerateOutside(in.Text("id"))
			}
			e.Emulator.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Call: 1, Status: 503})
			c, in := e.Refreshed(in)
			stopped, _, diags := c.Apply(c.Plan(in, config), in, acctest.DestroyFirst)
			acctest.ExpectContains(t, acctest.Errors(diags), `Cannot regenerate token "t"`, "safe to run again")
			if stopped.Text("status") != "revoked" {
				t.Errorf("%s: state says %s", name, stopped.Text("status"))
			}
			c, stopped = e.Refreshed(stopped)
			p := c.Plan(stopped, config)
			c.NoErrors(p.Diagnostics)
			acctest.ExpectContains(t, acctest.Warnings(p.Diagnostics), "due for rotation (a rotation was begun and did not end)")
			current, _, diags := c.Apply(p, stopped, acctest.DestroyFirst)
			c.NoErrors(diags)
			if !e.Emulator.Accepts(current.Text("token")) {
				t.Errorf("%s, %s: there is no secret that works", name, behavior)
			}
			if c, current = e.Refreshed(current); c.Plan(current, config).HasChanges() {
				t.Errorf("%s, %s: it does not settle", name, behavior)
			}
		}
	}
}

// A regenerate works when no slot is free. A replacement with create_before_destroy does not.
func TestRegenerate_atTheLimit(t *testing.T) {
	t.Parallel()
	e := acctest.New(t, func(o *emulator.Options) { o.ActiveTokenLimit = 1 })
	config := acctest.With(acctest.Basic, acctest.Values{"rotation_method": "regenerate", "rotation_triggers": acctest.Values{"a": "1"}})
	in := e.NewProvider().Create(config)
	c, in := e.Refreshed(in)
	current, _, diags := c.Apply(c.Plan(in, acctest.With(config, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}})), in, acctest.DestroyFirst)
	c.NoErrors(diags)
	if !e.Emulator.Accepts(current.Text("token")) || current.Text("id") != in.Text("id") {
		t.Error("the token was not regenerated in place")
	}
}

// State holds no secret of an imported token, so it cannot be superseded: issued_at follows the API.
func TestSuperseded_notForImported(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, _ := e.CreateOutside("t")
	c := e.NewProvider()
	in, diags := c.Import(t.Context(), token.ID)
	c.NoErrors(diags)
	e.Clock.Advance(acctest.Day)
	e.RegenerateOutside(token.ID)
	c, read := e.Refreshed(in)
	if read.Text("status") != "active" || read.Text("issued_at") == in.Text("issued_at") || c.Plan(read, acctest.Basic).HasChanges() {
		t.Errorf("status %s", read.Text("status"))
	}
}
