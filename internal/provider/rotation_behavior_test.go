package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// on_revoked and on_expired, each way of rotating, and state that was refreshed or not.
func TestBehavior(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"revoked", "expired"} {
		for _, behavior := range []string{"rotate", "keep"} {
			for _, method := range []string{"replace", "regenerate"} {
				for _, refresh := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%s/%s/refresh=%t", status, behavior, method, refresh), func(t *testing.T) {
						t.Parallel()
						followsBehavior(t, status, behavior, method, refresh)
					})
				}
			}
		}
	}
}

func followsBehavior(t *testing.T, status, behavior, method string, refresh bool) {
	e := acctest.New(t)
	config := acctest.With(acctest.Basic, acctest.Values{"rotation_method": method, "on_" + status: behavior})
	in := e.NewProvider().Create(config)
	old := in.Text("token")
	if status == "revoked" {
		e.Must(e.Emulator.RevokeToken(e.OnlyToken().ID))
	} else {
		e.Clock.Advance(45 * acctest.Day)
	}
	e.Emulator.ForgetCalls()
	c := e.NewProvider()
	if refresh {
		c, in = e.Refreshed(in)
		if in.Text("status") != status || in.Text("token") != old {
			t.Fatalf("read makes status %s", in.Text("status"))
		}
	}
	p := c.Plan(in, config)
	c.NoErrors(p.Diagnostics)
	switch {
	case !refresh: // state says active, and nothing is sent
		if p.HasChanges() || acctest.Warnings(p.Diagnostics) != "" {
			t.Errorf("without refresh the plan changes something: %s", acctest.Warnings(p.Diagnostics))
		}
	case behavior == "keep":
		acctest.ExpectContains(t, acctest.Warnings(p.Diagnostics), `Token "t" is `+status+` and kept`, `on_`+status+` = "rotate"`)
		if p.HasChanges() {
			t.Error("a kept token is to be changed")
		}
		if edited := c.Plan(in, acctest.With(config, acctest.Values{"name": "other"})); !strings.Contains(acctest.Errors(edited.Diagnostics), "cannot be edited: the API edits active tokens only") {
			t.Errorf("an edit of a kept token is planned: %q", acctest.Errors(edited.Diagnostics))
		}
	default:
		if p.Replace != (method == "replace") || !p.IsUnknown("token") || !p.IsUnknown("status") {
			t.Errorf("replace=%t token unknown=%t", p.Replace, p.IsUnknown("token"))
		}
		acctest.ExpectContains(t, acctest.Warnings(p.Diagnostics), `Token "t" will have a new secret`, "found "+status, "It was never used", "Custom integrations", "Power BI")
		current, _, diags := c.Apply(p, in, acctest.DestroyFirst)
		c.NoErrors(diags)
		if secret := current.Text("token"); secret == old || !e.Emulator.Accepts(secret) || current.Text("status") != "active" {
			t.Error("there is no new secret that works")
		}
		if (current.Text("id") == in.Text("id")) != (method == "regenerate") {
			t.Error("the id is wrong for the method")
		}
		if again := c.Plan(current, config); again.HasChanges() {
			t.Error("it rotates twice for one reason")
		}
	}
}

// A kept token rotates when a trigger changes, by either method.
func TestBehavior_keptTokenRotatesOnATrigger(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		e := acctest.New(t)
		config := acctest.With(acctest.Basic, acctest.Values{"rotation_method": method, "on_revoked": "keep", "rotation_triggers": acctest.Values{"a": "1"}})
		in := e.NewProvider().Create(config)
		e.Must(e.Emulator.RevokeToken(in.Text("id")))
		c, in := e.Refreshed(in)
		p := c.Plan(in, acctest.With(config, acctest.Values{"name": "edited too", "rotation_triggers": acctest.Values{"a": "2"}}))
		c.NoErrors(p.Diagnostics)
		current, _, diags := c.Apply(p, in, acctest.DestroyFirst)
		c.NoErrors(diags)
		if !e.Emulator.Accepts(current.Text("token")) || current.Text("name") != "edited too" || e.OnlyToken().Name != "edited too" {
			t.Errorf("%s: the rotation or the edit is missing", method)
		}
	}
}

// A value that decides about the secret must be known only if it matters.
func TestBehavior_unknown(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider().Create(acctest.Basic)
	undecided := acctest.With(acctest.Basic, acctest.Values{"rotation_method": acctest.Unknown, "on_revoked": acctest.Unknown, "on_expired": acctest.Unknown})
	c := e.NewProvider()
	if p := c.Plan(in, undecided); acctest.Errors(p.Diagnostics) != "" || p.IsUnknown("token") {
		t.Errorf("an active token with unknown behaviors: %s", acctest.Errors(p.Diagnostics))
	}
	e.Must(e.Emulator.RevokeToken(in.Text("id")))
	c, in = e.Refreshed(in)
	acctest.ExpectContains(t, acctest.Errors(c.Plan(in, undecided).Diagnostics), "on_revoked must be known during plan")
	acctest.ExpectContains(t, acctest.Errors(c.Plan(in, acctest.With(acctest.Basic, acctest.Values{"rotation_method": acctest.Unknown})).Diagnostics), "rotation_method must be known during plan")
}

// The age is compared when the token is read: one second before, exactly, and one second after.
func TestDue_edges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age time.Duration
		due bool
	}{{30*acctest.Day - time.Second, false}, {30 * acctest.Day, true}, {31 * acctest.Day, true}} {
		e := acctest.New(t)
		config := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30, "inactivity_expiry_days": 60})
		in := e.NewProvider().Create(config)
		issued, _ := time.Parse(time.RFC3339Nano, in.Text("issued_at"))
		e.Clock.Advance(issued.Add(c.age).Sub(e.Clock.Now()))
		run, in := e.Refreshed(in)
		p := run.Plan(in, config)
		if p.Replace != c.due {
			t.Errorf("at age %s: replace=%t", c.age, p.Replace)
		}
		if c.due {
			acctest.ExpectContains(t, acctest.Warnings(p.Diagnostics), "it is due for rotation", fmt.Sprintf("%d days old", int(c.age/acctest.Day)))
		}
	}
}

// If the days change, rotation_due becomes false, so that the token does not rotate later without a new comparison.
func TestDue_otherNumberOfDays_isNotDueAnyMore(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider().Create(acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30, "inactivity_expiry_days": 60}))
	e.Clock.Advance(30 * acctest.Day)
	c, in := e.Refreshed(in)
	changed := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 40, "inactivity_expiry_days": 60})
	p := c.Plan(in, changed)
	current, _, diags := c.Apply(p, in, acctest.DestroyFirst)
	c.NoErrors(diags)
	if p.Replace || e.NewProvider().Plan(current, changed).HasChanges() { // without refresh
		t.Error("it rotates at 30 days although 40 are configured")
	}
	e.Clock.Advance(10 * acctest.Day)
	if c, current = e.Refreshed(current); !c.Plan(current, changed).Replace {
		t.Error("it does not rotate at 40 days")
	}
}

// A plan of day 89 that is applied on day 91 does what it showed: Terraform plans again at apply, with the state of day 89, and
// both plans must agree.
func TestDue_savedPlan(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	config := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 90, "inactivity_expiry_days": 180})
	in := e.NewProvider().Create(config)
	e.Clock.Advance(89 * acctest.Day)
	c, in := e.Refreshed(in)
	renamed := acctest.With(config, acctest.Values{"name": "renamed"})
	p := c.Plan(in, renamed)
	e.Clock.Advance(2 * acctest.Day)
	c = e.NewProvider() // apply is a run of its own
	again := c.Plan(in, renamed)
	if p.Replace || again.Replace || !p.Value.Equal(again.Value) {
		t.Fatal("the plan of day 91 is not that of day 89")
	}
	current, _, diags := c.Apply(again, in, acctest.DestroyFirst)
	c.NoErrors(diags)
	if current.Text("name") != "renamed" || current.Text("token") != in.Text("token") {
		t.Error("the rename did not come out as planned")
	}
	c, current = e.Refreshed(current)
	if p := c.Plan(current, renamed); !p.Replace {
		t.Error("the next run does not rotate")
	}
}

// The age is the secret's: it starts again with a rotation.
func TestDue_countsFromTheLastRotation(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		e := acctest.New(t)
		config := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30, "rotation_method": method})
		in := e.NewProvider().Create(config)
		for range 3 {
			e.Clock.Advance(30 * acctest.Day)
			c, read := e.Refreshed(in)
			p := c.Plan(read, config)
			in, _, _ = c.Apply(p, read, acctest.DestroyFirst)
			if !e.Emulator.Accepts(in.Text("token")) {
				t.Fatal("the secret in state does not work")
			}
			e.Clock.Advance(29 * acctest.Day)
			e.Must(e.Emulator.UseToken(in.Text("id")))
			c, read = e.Refreshed(in)
			if c.Plan(read, config).HasChanges() {
				t.Fatalf("%s: rotates on day 29", method)
			}
			in = read
		}
	}
}
