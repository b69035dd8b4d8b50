package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A reader's new key must not revive a token that was revoked in an incident and is kept so.
func TestReaders_ofAKeptToken(t *testing.T) {
	t.Parallel()
	r, other := acctest.NewReader(), acctest.NewReader()
	for _, from := range []acctest.Values{{}, {"age_recipients": []string{r.Age}}} {
		e := acctest.New(t)
		base := acctest.With(acctest.Basic, acctest.Values{"on_revoked": "keep"})
		in := e.NewProvider().Create(acctest.With(base, from))
		e.Must(e.Emulator.RevokeToken(in.Text("id")))
		c, in := e.Refreshed(in)
		config := acctest.With(base, acctest.Values{"age_recipients": []string{other.Age}})
		p := c.Plan(in, config)
		c.NoErrors(p.Diagnostics)
		calls := len(e.Writes())
		current, _, diags := c.Apply(p, in, acctest.DestroyFirst)
		c.NoErrors(diags)
		if p.Replace || len(e.Writes()) != calls || current.Text("status") != "revoked" || current.Text("token") != in.Text("token") || current.Text("encrypted_token") != in.Text("encrypted_token") {
			t.Errorf("a kept token was touched: %v", e.Writes()[calls:])
		}
		if c, current = e.Refreshed(current); c.Plan(current, config).HasChanges() {
			t.Error("it does not settle")
		}
		unknown := acctest.With(base, acctest.Values{"age_recipients": acctest.Unknown})
		c.NoErrors(c.Plan(current, unknown).Diagnostics)
		// The next secret is for them.
		config = acctest.With(config, acctest.Values{"on_revoked": "rotate"})
		current, _, diags = c.Apply(c.Plan(current, config), current, acctest.DestroyFirst)
		c.NoErrors(diags)
		expectReadable(t, e, other, current)
	}
}

// With on_readers_changed = "keep", other readers wait for the next secret, the first and the last ones too.
func TestReaders_wait(t *testing.T) {
	t.Parallel()
	r, other := acctest.NewReader(), acctest.NewReader()
	for _, method := range []string{"replace", "regenerate"} {
		e := acctest.New(t)
		config := func(trigger string, keys acctest.Values) acctest.Values {
			return acctest.With(acctest.With(acctest.Basic, acctest.Values{"on_readers_changed": "keep", "rotation_method": method, "rotation_triggers": acctest.Values{"a": trigger}}), keys)
		}
		none, first, second := acctest.Values{}, kindsOfReaders(r)["all"], kindsOfReaders(other)["sealed box"]
		in := e.NewProvider().Create(config("1", none))
		for i, step := range []struct {
			config  acctest.Values
			rotates bool
			reader  *acctest.Reader
		}{
			{config("1", first), false, nil},
			{config("2", first), true, r},
			{config("2", second), false, r},
			{config("3", second), true, other},
			{config("3", none), false, other},
			{config("4", none), true, nil},
		} {
			c, current := e.Refreshed(in)
			p := c.Plan(current, step.config)
			c.NoErrors(p.Diagnostics)
			if p.IsUnknown("issued_at") != step.rotates {
				t.Errorf("%s, step %d: rotates: %t", method, i, !step.rotates)
			}
			if !step.rotates {
				acctest.ExpectContains(t, acctest.Warnings(p.Diagnostics), `Token "t" keeps its readers for now`, map[bool]string{true: "in clear", false: "present readers"}[step.reader == nil])
			}
			var diags []*tfprotov6.Diagnostic
			in, _, diags = c.Apply(p, current, acctest.DestroyFirst)
			c.NoErrors(diags)
			if step.reader != nil {
				expectReadable(t, e, step.reader, in)
			} else if !e.Emulator.Accepts(in.Text("token")) {
				t.Error("the secret is not in clear")
			}
			if c, again := e.Refreshed(in); c.Plan(again, step.config).HasChanges() {
				t.Errorf("%s, step %d: it does not settle", method, i)
			}
		}
	}
}

// After an import there is no secret that anybody could read: readers are stored, and wait for the next one.
func TestReaders_ofAnImportedToken(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"replace", "regenerate"} {
		e := acctest.New(t)
		r := acctest.NewReader()
		token, _ := e.CreateOutside("t")
		c := e.NewProvider()
		in, diags := c.Import(t.Context(), token.ID)
		c.NoErrors(diags)
		config := acctest.With(acctest.Basic, acctest.With(kindsOfReaders(r)["all"], acctest.Values{"rotation_method": method, "rotation_triggers": acctest.Values{"a": "1"}}))
		p := c.Plan(in, acctest.With(config, acctest.Values{"age_recipients": acctest.Unknown}))
		c.NoErrors(p.Diagnostics)
		p = c.Plan(in, config)
		c.NoErrors(p.Diagnostics)
		in, _, diags = c.Apply(p, in, acctest.DestroyFirst)
		c.NoErrors(diags)
		for _, name := range []string{"token", "encrypted_token", "sealed_box_tokens"} {
			if !acctest.Attribute(p.Value, name).IsNull() {
				t.Errorf("%s is not planned null", name)
			}
		}
		if len(e.Writes()) != 0 || p.Replace {
			t.Errorf("readers of a token without a secret made %v", e.Writes())
		}
		if c, in = e.Refreshed(in); c.Plan(in, config).HasChanges() {
			t.Error("it does not settle")
		}
		config = acctest.With(config, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}})
		in, _, diags = c.Apply(c.Plan(in, config), in, acctest.DestroyFirst)
		c.NoErrors(diags)
		expectReadable(t, e, r, in)
	}
}
