package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// with returns a copy of a configuration with more or other arguments.
func with(config values, more values) values {
	merged := values{}
	for _, part := range []values{config, more} {
		for name, value := range part {
			merged[name] = value
		}
	}
	return merged
}

var basic = values{"name": "t", "all_permissions": true}

// refreshed reads an instance in a new run, as terraform plan does, and fails the test on any error.
func (e *environment) refreshed(in instance) (*core, instance) {
	e.t.Helper()
	c := e.newCore(nil)
	read, diags := c.read(in)
	c.clean(diags)
	return c, read
}

// on_revoked and on_expired, each way of rotating, and state that was refreshed or not.
func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"revoked", "expired"} {
		for _, policy := range []string{"rotate", "keep"} {
			for _, method := range []string{"replace", "regenerate"} {
				for _, refresh := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%s/%s/refresh=%t", status, policy, method, refresh), func(t *testing.T) {
						t.Parallel()
						followsPolicy(t, status, policy, method, refresh)
					})
				}
			}
		}
	}
}

func followsPolicy(t *testing.T, status, policy, method string, refresh bool) {
	e := newEnvironment(t, nil)
	config := with(basic, values{"rotation_method": method, "on_" + status: policy})
	in := e.newCore(nil).create(config)
	old := in.text("token")
	if status == "revoked" {
		e.must(e.em.RevokeToken(e.only().ID))
	} else {
		e.clock.Advance(45 * day)
	}
	e.em.ForgetCalls()
	c := e.newCore(nil)
	if refresh {
		c, in = e.refreshed(in)
		if in.text("status") != status || in.text("token") != old {
			t.Fatalf("read makes status %s", in.text("status"))
		}
	}
	p := c.plan(in, config)
	c.clean(p.diags)
	switch {
	case !refresh: // state says active, and nothing is asked
		if p.changes() || warningsOf(p.diags) != "" {
			t.Errorf("without refresh the plan changes something: %s", warningsOf(p.diags))
		}
	case policy == "keep":
		mentions(t, warningsOf(p.diags), `Token "t" is `+status+` and kept`, `on_`+status+` = "rotate"`)
		if p.changes() {
			t.Error("a kept token is to be changed")
		}
		if edited := c.plan(in, with(config, values{"name": "other"})); !strings.Contains(errorsOf(edited.diags), "cannot be edited: the API edits active tokens only") {
			t.Errorf("an edit of a kept token is planned: %q", errorsOf(edited.diags))
		}
	default:
		if p.replace != (method == "replace") || !p.isUnknown("token") || !p.isUnknown("status") {
			t.Errorf("replace=%t token unknown=%t", p.replace, p.isUnknown("token"))
		}
		mentions(t, warningsOf(p.diags), `Token "t" will have a new secret`, "found "+status, "It was never used", "Custom integrations", "Power BI")
		current, _, diags := c.apply(p, in, false)
		c.clean(diags)
		if secret := current.text("token"); secret == old || !e.em.Accepts(secret) || current.text("status") != "active" {
			t.Error("there is no new secret that works")
		}
		if (current.text("id") == in.text("id")) != (method == "regenerate") {
			t.Error("the id is wrong for the method")
		}
		if again := c.plan(current, config); again.changes() {
			t.Error("it rotates twice for one reason")
		}
	}
}

// A kept token rotates when that is asked for, by either method.
func TestPolicy_keptTokenRotatesOnATrigger(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		e := newEnvironment(t, nil)
		config := with(basic, values{"rotation_method": method, "on_revoked": "keep", "rotation_triggers": values{"a": "1"}})
		in := e.newCore(nil).create(config)
		e.must(e.em.RevokeToken(in.text("id")))
		c, in := e.refreshed(in)
		p := c.plan(in, with(config, values{"name": "edited too", "rotation_triggers": values{"a": "2"}}))
		c.clean(p.diags)
		current, _, diags := c.apply(p, in, false)
		c.clean(diags)
		if !e.em.Accepts(current.text("token")) || current.text("name") != "edited too" || e.only().Name != "edited too" {
			t.Errorf("%s: the rotation or the edit is missing", method)
		}
	}
}

// What decides about the secret must be known when it matters, and need not be when it does not.
func TestPolicy_unknown(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(basic)
	undecided := with(basic, values{"rotation_method": unknown, "on_revoked": unknown, "on_expired": unknown})
	c := e.newCore(nil)
	if p := c.plan(in, undecided); errorsOf(p.diags) != "" || p.isUnknown("token") {
		t.Errorf("an active token with unknown policies: %s", errorsOf(p.diags))
	}
	e.must(e.em.RevokeToken(in.text("id")))
	c, in = e.refreshed(in)
	mentions(t, errorsOf(c.plan(in, undecided).diags), "on_revoked must be known during plan")
	mentions(t, errorsOf(c.plan(in, with(basic, values{"rotation_method": unknown})).diags), "rotation_method must be known during plan")
}

// The age is looked at when the token is read: one second before, exactly, after.
func TestDue_edges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age time.Duration
		due bool
	}{{30*day - time.Second, false}, {30 * day, true}, {31 * day, true}} {
		e := newEnvironment(t, nil)
		config := with(basic, values{"rotate_after_days": 30, "inactivity_expiry_days": 60})
		in := e.newCore(nil).create(config)
		issued, _ := time.Parse(time.RFC3339Nano, in.text("issued_at"))
		e.clock.Advance(issued.Add(c.age).Sub(e.clock.Now()))
		run, in := e.refreshed(in)
		p := run.plan(in, config)
		if p.replace != c.due {
			t.Errorf("at age %s: replace=%t", c.age, p.replace)
		}
		if c.due {
			mentions(t, warningsOf(p.diags), "it is due for rotation", fmt.Sprintf("%d days old", int(c.age/day)))
		}
	}
}

// A verdict that was made with other days is taken back, so that it does not act later without a look at the age.
func TestDue_verdictOfOtherDaysIsTakenBack(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(with(basic, values{"rotate_after_days": 30, "inactivity_expiry_days": 60}))
	e.clock.Advance(30 * day)
	c, in := e.refreshed(in)
	changed := with(basic, values{"rotate_after_days": 40, "inactivity_expiry_days": 60})
	p := c.plan(in, changed)
	current, _, diags := c.apply(p, in, false)
	c.clean(diags)
	if p.replace || e.newCore(nil).plan(current, changed).changes() { // without refresh
		t.Error("it rotates at 30 days although 40 are configured")
	}
	e.clock.Advance(10 * day)
	if c, current = e.refreshed(current); !c.plan(current, changed).replace {
		t.Error("it does not rotate at 40 days")
	}
}

// A plan made on day 89 and applied on day 91 does what it showed: Terraform plans again at apply, with the state of day
// 89, and must come to the same plan.
func TestDue_savedPlan(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	config := with(basic, values{"rotate_after_days": 90, "inactivity_expiry_days": 180})
	in := e.newCore(nil).create(config)
	e.clock.Advance(89 * day)
	c, in := e.refreshed(in)
	renamed := with(config, values{"name": "renamed"})
	p := c.plan(in, renamed)
	e.clock.Advance(2 * day)
	c = e.newCore(nil) // apply is a run of its own
	again := c.plan(in, renamed)
	if p.replace || again.replace || !p.value.Equal(again.value) {
		t.Fatal("the plan of day 91 is not that of day 89")
	}
	current, _, diags := c.apply(again, in, false)
	c.clean(diags)
	if current.text("name") != "renamed" || current.text("token") != in.text("token") {
		t.Error("the rename did not come out as planned")
	}
	c, current = e.refreshed(current)
	if p := c.plan(current, renamed); !p.replace {
		t.Error("the next run does not rotate")
	}
}

// The age is that of the secret: a rotation starts it anew.
func TestDue_countsFromTheLastRotation(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		e := newEnvironment(t, nil)
		config := with(basic, values{"rotate_after_days": 30, "rotation_method": method})
		in := e.newCore(nil).create(config)
		for range 3 {
			e.clock.Advance(30 * day)
			c, read := e.refreshed(in)
			p := c.plan(read, config)
			in, _, _ = c.apply(p, read, false)
			if !e.em.Accepts(in.text("token")) {
				t.Fatal("the secret in state does not work")
			}
			e.clock.Advance(29 * day)
			e.must(e.em.UseToken(in.text("id")))
			c, read = e.refreshed(in)
			if c.plan(read, config).changes() {
				t.Fatalf("%s: rotates on day 29", method)
			}
			in = read
		}
	}
}

// The new secret is in state before edits are tried, and a failing edit makes nothing rotate again.
func TestRegenerate_failingEditKeepsTheNewSecret(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	config := with(basic, values{"rotation_method": "regenerate", "rotation_triggers": values{"a": "1"}})
	in := e.newCore(nil).create(config)
	next := with(config, values{"name": "renamed", "rotation_triggers": values{"a": "2"}})
	e.em.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Call: 1, Status: 500})
	c := e.newCore(nil)
	current, _, diags := c.apply(c.plan(in, next), in, false)
	mentions(t, errorsOf(diags), `Cannot update token "t"`, "UpdateServiceUserToken", "500", "request id")
	if secret := current.text("token"); secret == in.text("token") || !e.em.Accepts(secret) || current.text("name") != "t" {
		t.Fatal("the new secret is not in state")
	}
	c, current = e.refreshed(current)
	p := c.plan(current, next)
	if p.isUnknown("token") || !p.changes() {
		t.Fatal("the next plan is not just the edit")
	}
	last, _, diags := c.apply(p, current, false)
	c.clean(diags)
	if last.text("token") != current.text("token") || e.only().Name != "renamed" {
		t.Error("the edit did not come out")
	}
}

// A regenerate that stops after the revoke goes on at the next run, even where revoked tokens are to be kept.
func TestRegenerate_goesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"rotate", "keep"} {
		for name, before := range map[string]values{
			"trigger": {"rotation_triggers": values{"a": "1"}}, "due": {"rotate_after_days": 10}, "superseded": {},
		} {
			e := newEnvironment(t, nil)
			config := with(with(basic, values{"rotation_method": "regenerate", "on_revoked": policy}), before)
			in := e.newCore(nil).create(config)
			switch name {
			case "trigger":
				config = with(config, values{"rotation_triggers": values{"a": "2"}})
			case "due":
				e.clock.Advance(10 * day)
			default:
				e.regenerateOutside(in.text("id"))
			}
			e.em.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Call: 1, Status: 503})
			c, in := e.refreshed(in)
			stopped, _, diags := c.apply(c.plan(in, config), in, false)
			mentions(t, errorsOf(diags), `Cannot regenerate token "t"`, "safe to run again")
			if stopped.text("status") != "revoked" {
				t.Errorf("%s: state says %s", name, stopped.text("status"))
			}
			c, stopped = e.refreshed(stopped)
			p := c.plan(stopped, config)
			c.clean(p.diags)
			current, _, diags := c.apply(p, stopped, false)
			c.clean(diags)
			if !e.em.Accepts(current.text("token")) {
				t.Errorf("%s, %s: there is no secret that works", name, policy)
			}
			if c, current = e.refreshed(current); c.plan(current, config).changes() {
				t.Errorf("%s, %s: it does not settle", name, policy)
			}
		}
	}
}

// Works with the organization at its limit, which a replacement with create_before_destroy does not.
func TestRegenerate_atTheLimit(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, func(o *emulator.Options) { o.ActiveTokenLimit = 1 })
	config := with(basic, values{"rotation_method": "regenerate", "rotation_triggers": values{"a": "1"}})
	in := e.newCore(nil).create(config)
	c, in := e.refreshed(in)
	current, _, diags := c.apply(c.plan(in, with(config, values{"rotation_triggers": values{"a": "2"}})), in, false)
	c.clean(diags)
	if !e.em.Accepts(current.text("token")) || current.text("id") != in.text("id") {
		t.Error("the token was not regenerated in place")
	}
}

// An imported token has no secret that could be superseded: its issued_at follows the API.
func TestSuperseded_notForImported(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("t")
	c := e.newCore(nil)
	in, diags := c.importState(t.Context(), token.ID)
	c.clean(diags)
	e.clock.Advance(day)
	e.regenerateOutside(token.ID)
	c, read := e.refreshed(in)
	if read.text("status") != "active" || read.text("issued_at") == in.text("issued_at") || c.plan(read, basic).changes() {
		t.Errorf("status %s", read.text("status"))
	}
}
