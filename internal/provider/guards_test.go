package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// own creates a token, and returns a run that authenticates with its secret.
func own(e *acctest.Env, config acctest.Values) (acctest.Instance, *acctest.Provider) {
	e.T.Helper()
	in := e.NewProvider().Create(config)
	c := e.NewProvider(acctest.Values{"api_token": in.Text("token")})
	e.Emulator.ForgetCalls()
	return in, c
}

// The provider refuses every plan that would end its own credential.
func TestOwnToken_isNotTakenAwayByAPlan(t *testing.T) {
	t.Parallel()
	triggers := func(v string) acctest.Values {
		return acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": v}})
	}
	for name, plan := range map[string]func(e *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan{
		"destroy": func(_ *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan { return c.Plan(in, nil) },
		"replace": func(_ *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan {
			return c.Plan(in, triggers("2"))
		},
		"-replace": func(_ *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan {
			return c.PlanReplace(in, triggers("1"))
		},
		"regenerate": func(_ *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan {
			return c.Plan(in, acctest.With(triggers("2"), acctest.Values{"rotation_method": "regenerate"}))
		},
		"permissions": func(e *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan {
			return c.Plan(in, acctest.Values{"name": "t", "permission_set_ids": []string{e.Emulator.PermissionSetID("Reporting")}, "rotation_triggers": acctest.Values{"a": "1"}})
		},
		"unknown permissions": func(_ *acctest.Env, c *acctest.Provider, in acctest.Instance) acctest.Plan {
			return c.Plan(in, acctest.Values{"name": "t", "permission_set_ids": acctest.Unknown, "rotation_triggers": acctest.Values{"a": "1"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			in, c := own(e, triggers("1"))
			p := plan(e, c, in)
			acctest.ExpectContains(t, acctest.Errors(p.Diagnostics), `"t"`, "authenticates with this token", "lock it out", "Authenticate with another token", "SAFETYCULTURE_API_TOKEN")
			// Another credential may do the same, although private state still has the mark.
			in.Private = p.Private
			if other := plan(e, e.NewProvider(), in); acctest.Errors(other.Diagnostics) != "" {
				t.Errorf("another credential is refused too: %s", acctest.Errors(other.Diagnostics))
			}
			e.ExpectWrites()
		})
	}
}

// The apply refuses it too, because the plan may have been made with another credential.
func TestOwnToken_isNotTakenAwayByAnApply(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate", "permissions", "destroy"} {
		e := acctest.New(t)
		before := acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}})
		after := acctest.With(before, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}, "rotation_method": "regenerate"})
		switch method {
		case "replace":
			after["rotation_method"] = "replace"
		case "permissions":
			after = acctest.Values{"name": "t", "permission_set_ids": []string{e.Emulator.PermissionSetID("Reporting")}, "rotation_triggers": acctest.Values{"a": "1"}}
		case "destroy":
			after = nil
		}
		in, own := own(e, before)
		p := e.NewProvider().Plan(in, after)
		own.NoErrors(p.Diagnostics)
		left, _, diags := own.Apply(p, in, acctest.DestroyFirst)
		acctest.ExpectContains(t, acctest.Errors(diags), "authenticates with this token")
		if left.Text("token") != in.Text("token") || !e.Emulator.Accepts(in.Text("token")) {
			t.Errorf("%s: the credential was taken away", method)
		}
		e.ExpectWrites()
	}
}

// Changes that do not end the credential are allowed.
func TestOwnToken_mayBeRenamed(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in, c := own(e, acctest.Basic)
	p := c.Plan(in, acctest.Values{"name": "renamed", "all_permissions": true, "inactivity_expiry_days": 180})
	c.NoErrors(p.Diagnostics)
	_, _, diags := c.Apply(p, in, acctest.DestroyFirst)
	c.NoErrors(diags)
	e.ExpectWrites("UpdateServiceUserToken")
}

// fillUp creates active tokens by hand, of different ages, until there are n.
func fillUp(e *acctest.Env, n int) {
	e.T.Helper()
	for i := range n {
		token, _ := e.CreateOutside(fmt.Sprintf("by hand %02d", i))
		e.Clock.Advance(acctest.Day)
		if i%2 == 1 {
			e.Must(e.Emulator.UseToken(token.ID))
		}
	}
}

func TestQuota_warningAtPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		active int
		warns  bool
	}{{19, false}, {20, true}} {
		e := acctest.New(t)
		fillUp(e, c.active)
		run := e.NewProvider()
		first, second := run.Plan(acctest.Instance{}, acctest.Basic), run.Plan(acctest.Instance{}, acctest.Basic)
		run.NoErrors(first.Diagnostics)
		if warned := acctest.Warnings(first.Diagnostics) != ""; warned != c.warns {
			t.Errorf("with %d active: %q", c.active, acctest.Warnings(first.Diagnostics))
		}
		if c.warns && acctest.Warnings(second.Diagnostics) != "" {
			t.Error("the warning is given more than once in a run")
		}
		if c.warns {
			acctest.ExpectContains(t, acctest.Warnings(first.Diagnostics), "No free slot", "20 of 20", `"by hand 00"`, "never used, issued 20 days ago", `"by hand 01"`, "last used 18 days ago")
		}
		if n := len(e.Emulator.CallsOf("ListServiceUserTokens")); n != 1 {
			t.Errorf("the warning took %d lists", n)
		}
	}
}

func TestQuota_silentOnceTheRunHasWritten(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	fillUp(e, 19)
	run := e.NewProvider()
	run.Create(acctest.Basic)
	if p := run.Plan(acctest.Instance{}, acctest.Basic); acctest.Warnings(p.Diagnostics) != "" {
		t.Error(acctest.Warnings(p.Diagnostics))
	}
}

func TestQuota_errorAtApply(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	fillUp(e, 20)
	run := e.NewProvider()
	_, _, diags := run.Apply(run.Plan(acctest.Instance{}, acctest.Basic), acctest.Instance{}, acctest.DestroyFirst)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot create token "t"`, "20 of 20 active", "no free slot", "request id", "Revoke a token", `"by hand 00"`, "20 days ago")
	if strings.Contains(acctest.Errors(diags), `"by hand 19"`) {
		t.Error("tokens in use are named as stale")
	}
	e.ExpectWrites("CreateServiceUserToken")
	if len(e.Emulator.Tokens()) != 20 {
		t.Error("something was created")
	}
}

// A slot becomes free after the refusal and before the list. The error then does not advise to revoke a token.
func TestQuota_freeAgain(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	fillUp(e, 20)
	run := e.NewProvider()
	plan := run.Plan(acctest.Instance{}, acctest.Basic)
	e.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Call: 1, After: func() { e.Must(e.Emulator.RevokeToken(e.Emulator.ActiveTokens()[0].ID)) }})
	_, _, diags := run.Apply(plan, acctest.Instance{}, acctest.DestroyFirst)
	acctest.ExpectContains(t, acctest.Errors(diags), "No slot was free when this was tried. By now the organization has 19 of 20 active", "run again")
	if strings.Contains(acctest.Errors(diags), "Revoke a token") {
		t.Error(acctest.Errors(diags))
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
		e := acctest.New(t)
		in := e.NewProvider().Create(acctest.Basic)
		e.Clock.Advance(8 * acctest.Day)
		if c.used {
			e.Must(e.Emulator.UseToken(in.Text("id")))
		}
		e.Clock.Advance(time.Duration(c.days-8) * acctest.Day)
		settings := acctest.Values{}
		if c.setting != nil {
			settings["expiry_warning_days"] = c.setting
		}
		run := e.NewProvider(settings)
		e.Emulator.ForgetCalls()
		_, diags := run.Read(in)
		run.NoErrors(diags)
		if got := acctest.Warnings(diags); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("after %d days with %v: %q", c.days, c.setting, got)
		}
		if n := len(e.Emulator.Calls()); n != 2 {
			t.Errorf("the warning took more than the run's two calls: %d", n)
		}
	}
}

// If the list fails, one error is in full, and every other token gets a short one.
func TestRunWideError_isExplainedOnce(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider()
	one, two := c.Create(acctest.Basic), c.Create(acctest.Basic)
	for _, fault := range []emulator.Fault{
		{Operation: "ListServiceUserTokens", Status: 403}, {Operation: "WhoAmI", Status: 401}, {Operation: "ListServiceUserTokens", Status: 404, Body: "no", ContentType: "text/plain"},
	} {
		e.Emulator.ForgetCalls()
		e.Emulator.Heal()
		e.Emulator.Fail(fault)
		run := e.NewProvider()
		kept, first := run.Read(one)
		_, second := run.Read(two)
		if acctest.Errors(first) == "" || !kept.State.Equal(one.State) {
			t.Error("a failed read changes state")
		}
		acctest.ExpectContains(t, acctest.Errors(first), fmt.Sprint(fault.Status))
		acctest.ExpectContains(t, acctest.Errors(second), "Same cause as another error in this run: "+fault.Operation+": the server responded "+fmt.Sprint(fault.Status))
		if strings.Contains(acctest.Errors(second), "request id") {
			t.Errorf("said twice in full: %s", acctest.Errors(second))
		}
		if n := len(e.Emulator.CallsOf(fault.Operation)); n != 1 {
			t.Errorf("%s was called %d times", fault.Operation, n)
		}
	}
}

// A destroy with another organization's credential is refused, because every token looks deleted with it.
func TestWrongOrganization_destroyWithoutRefresh(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider().Create(acctest.Basic)
	organization, stranger := e.Emulator.AddOrganization()
	c := e.NewProvider(acctest.Values{"api_token": stranger})
	left, _, diags := c.Apply(c.Plan(in, nil), in, acctest.DestroyFirst)
	acctest.ExpectContains(t, acctest.Errors(diags), organization, e.Emulator.OrganizationID())
	if left.State.IsNull() {
		t.Error("the token left the state")
	}
}
