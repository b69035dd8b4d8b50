package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// own makes a token, and a run that authenticates with its secret.
func (e *environment) own(config values) (instance, *core) {
	e.t.Helper()
	in := e.newCore(nil).create(config)
	c := e.newCore(values{"api_token": in.text("token")})
	e.em.ForgetCalls()
	return in, c
}

// The provider refuses at plan what would take its own credential away, however Terraform comes to it.
func TestOwnToken_isNotTakenAwayByAPlan(t *testing.T) {
	t.Parallel()
	triggers := func(v string) values { return with(basic, values{"rotation_triggers": values{"a": v}}) }
	for name, plan := range map[string]func(e *environment, c *core, in instance) planned{
		"destroy":  func(_ *environment, c *core, in instance) planned { return c.plan(in, nil) },
		"replace":  func(_ *environment, c *core, in instance) planned { return c.plan(in, triggers("2")) },
		"-replace": func(_ *environment, c *core, in instance) planned { return c.planReplace(in, triggers("1")) },
		"regenerate": func(_ *environment, c *core, in instance) planned {
			return c.plan(in, with(triggers("2"), values{"rotation_method": "regenerate"}))
		},
		"permissions": func(e *environment, c *core, in instance) planned {
			return c.plan(in, values{"name": "t", "permission_set_ids": []string{e.em.PermissionSetID("Reporting")}, "rotation_triggers": values{"a": "1"}})
		},
		"unknown permissions": func(_ *environment, c *core, in instance) planned {
			return c.plan(in, values{"name": "t", "permission_set_ids": unknown, "rotation_triggers": values{"a": "1"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, nil)
			in, c := e.own(triggers("1"))
			p := plan(e, c, in)
			mentions(t, errorsOf(p.diags), `"t"`, "authenticates with this token", "lock it out", "Authenticate with another token", "SAFETYCULTURE_API_TOKEN")
			// Another credential may do the same, although the mark was kept beside the state.
			in.private = p.private
			if other := plan(e, e.newCore(nil), in); errorsOf(other.diags) != "" {
				t.Errorf("another credential is refused too: %s", errorsOf(other.diags))
			}
			e.expectChanges()
		})
	}
}

// At apply it is refused always: a plan may have been made with another credential.
func TestOwnToken_isNotTakenAwayByAnApply(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate", "permissions", "destroy"} {
		e := newEnvironment(t, nil)
		before := with(basic, values{"rotation_triggers": values{"a": "1"}})
		after := with(before, values{"rotation_triggers": values{"a": "2"}, "rotation_method": "regenerate"})
		switch method {
		case "replace":
			after["rotation_method"] = "replace"
		case "permissions":
			after = values{"name": "t", "permission_set_ids": []string{e.em.PermissionSetID("Reporting")}, "rotation_triggers": values{"a": "1"}}
		case "destroy":
			after = nil
		}
		in, own := e.own(before)
		p := e.newCore(nil).plan(in, after)
		own.clean(p.diags)
		left, _, diags := own.apply(p, in, false)
		mentions(t, errorsOf(diags), "authenticates with this token")
		if left.text("token") != in.text("token") || !e.em.Accepts(in.text("token")) {
			t.Errorf("%s: the credential was taken away", method)
		}
		e.expectChanges()
	}
}

// What does not take it away is allowed.
func TestOwnToken_mayBeRenamed(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in, c := e.own(basic)
	p := c.plan(in, values{"name": "renamed", "all_permissions": true, "inactivity_expiry_days": 180})
	c.clean(p.diags)
	_, _, diags := c.apply(p, in, false)
	c.clean(diags)
	e.expectChanges("UpdateServiceUserToken")
}

// fillUp makes active tokens by hand until n are there, of different age.
func (e *environment) fillUp(n int) {
	e.t.Helper()
	for i := range n {
		token, _ := e.makeForeign(fmt.Sprintf("by hand %02d", i))
		e.clock.Advance(day)
		if i%2 == 1 {
			e.must(e.em.UseToken(token.ID))
		}
	}
}

func TestQuota_warningAtPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		active int
		warns  bool
	}{{19, false}, {20, true}} {
		e := newEnvironment(t, nil)
		e.fillUp(c.active)
		run := e.newCore(nil)
		first, second := run.plan(instance{}, basic), run.plan(instance{}, basic)
		run.clean(first.diags)
		if warned := warningsOf(first.diags) != ""; warned != c.warns {
			t.Errorf("with %d active: %q", c.active, warningsOf(first.diags))
		}
		if c.warns && warningsOf(second.diags) != "" {
			t.Error("the warning is given more than once in a run")
		}
		if c.warns {
			mentions(t, warningsOf(first.diags), "No free slot", "20 of 20", `"by hand 00"`, "never used, issued 20 days ago", `"by hand 01"`, "last used 18 days ago")
		}
		if n := len(e.em.CallsOf("ListServiceUserTokens")); n != 1 {
			t.Errorf("the warning took %d lists", n)
		}
	}
}

func TestQuota_silentOnceTheRunHasWritten(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.fillUp(19)
	run := e.newCore(nil)
	run.create(basic)
	if p := run.plan(instance{}, basic); warningsOf(p.diags) != "" {
		t.Error(warningsOf(p.diags))
	}
}

func TestQuota_errorAtApply(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.fillUp(20)
	run := e.newCore(nil)
	_, _, diags := run.apply(run.plan(instance{}, basic), instance{}, false)
	mentions(t, errorsOf(diags), `Cannot create token "t"`, "20 of 20 active", "no free slot", "request id", "Revoke a token", `"by hand 00"`, "20 days ago")
	if strings.Contains(errorsOf(diags), `"by hand 19"`) {
		t.Error("tokens in use are named as stale")
	}
	e.expectChanges("CreateServiceUserToken")
	if len(e.em.Tokens()) != 20 {
		t.Error("something was created")
	}
}

// A slot that comes free between the refusal and the look at the organization is no reason to revoke anything.
func TestQuota_freeAgain(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.fillUp(20)
	run := e.newCore(nil)
	plan := run.plan(instance{}, basic)
	e.em.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Call: 1, After: func() { e.must(e.em.RevokeToken(e.em.ActiveTokens()[0].ID)) }})
	_, _, diags := run.apply(plan, instance{}, false)
	mentions(t, errorsOf(diags), "No slot was free when this was tried. By now the organization has 19 of 20 active", "run again")
	if strings.Contains(errorsOf(diags), "Revoke a token") {
		t.Error(errorsOf(diags))
	}
}

func TestExpiryWarning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		days    int
		setting any
		used    bool
		want    string
	}{
		{37, nil, false, ""},
		{38, nil, false, `Token "t" expires soon: It was issued 38 days ago and never used and expires on 2026-04-15 unless used.`},
		{38, 0, false, ""},
		{20, 30, false, "20 days ago"},
		{48, nil, true, `It was last used 40 days ago and expires on 2026-04-23 unless used.`},
	} {
		e := newEnvironment(t, nil)
		in := e.newCore(nil).create(basic)
		e.clock.Advance(8 * day)
		if c.used {
			e.must(e.em.UseToken(in.text("id")))
		}
		e.clock.Advance(time.Duration(c.days-8) * day)
		settings := values{}
		if c.setting != nil {
			settings["expiry_warning_days"] = c.setting
		}
		run := e.newCore(settings)
		e.em.ForgetCalls()
		_, diags := run.read(in)
		run.clean(diags)
		if got := warningsOf(diags); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("after %d days with %v: %q", c.days, c.setting, got)
		}
		if n := len(e.em.Calls()); n != 2 {
			t.Errorf("the warning took more than the run's two calls: %d", n)
		}
	}
}

// A list that fails is one error in full, and a short one for every other token.
func TestRunWideErrorIsSaidOnce(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	one, two := c.create(basic), c.create(basic)
	for _, fault := range []emulator.Fault{
		{Operation: "ListServiceUserTokens", Status: 403}, {Operation: "WhoAmI", Status: 401}, {Operation: "ListServiceUserTokens", Status: 404, Body: "no", ContentType: "text/plain"},
	} {
		e.em.ForgetCalls()
		e.em.Heal()
		e.em.Fail(fault)
		run := e.newCore(nil)
		kept, first := run.read(one)
		_, second := run.read(two)
		if errorsOf(first) == "" || !kept.state.Equal(one.state) {
			t.Error("a failed read changes state")
		}
		mentions(t, errorsOf(first), fmt.Sprint(fault.Status))
		mentions(t, errorsOf(second), "Same cause as another error in this run: "+fault.Operation+": the server answered "+fmt.Sprint(fault.Status))
		if strings.Contains(errorsOf(second), "request id") {
			t.Errorf("said twice in full: %s", errorsOf(second))
		}
		if n := len(e.em.CallsOf(fault.Operation)); n != 1 {
			t.Errorf("%s was called %d times", fault.Operation, n)
		}
	}
}

// Destroying through another organization's credential is refused: every token looks deleted through it.
func TestWrongOrganization_destroyWithoutRefresh(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(basic)
	organization, stranger := e.em.AddOrganization()
	c := e.newCore(values{"api_token": stranger})
	left, _, diags := c.apply(c.plan(in, nil), in, false)
	mentions(t, errorsOf(diags), organization, e.em.OrganizationID())
	if left.state.IsNull() {
		t.Error("the token left the state")
	}
}
