package provider_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// expectWarnings fails unless the plan warns of all these and of none of those.
func expectWarnings(t *testing.T, p acctest.Plan, says, never []string) {
	t.Helper()
	warnings := acctest.Warnings(p.Diagnostics)
	acctest.ExpectContains(t, warnings, says...)
	for _, text := range never {
		if strings.Contains(warnings, text) {
			t.Errorf("warns of %q without a reason: %s", text, warnings)
		}
	}
}

// Readers that wait are in state when the next secret comes, and its plan shows no changed keys. So the warning names them when
// they begin to wait, and says again what the next secret changes: that token becomes null, or that it is in clear.
func TestReaders_thatWaited_areSaid(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	const other, waits = `Token "t" will have other readers`, `Token "t" keeps its readers for now`
	none, age, boxes := acctest.Values{}, acctest.Values{"age_recipients": []string{r.Age}}, kindsOfReaders(r)["sealed box"]
	for _, change := range []struct {
		name       string
		from, to   acctest.Values
		next, null string // what the warnings say of the next secret, and of token
	}{
		{"added", none, age, "SHA256:", "token becomes null"},
		{"removed", age, none, "will be in state in clear", ""},
		{"another kind", age, boxes, `("repository")`, ""},
		{"one kind more", age, acctest.With(age, boxes), `("repository")`, ""},
		{"another label", boxes, acctest.Values{"sealed_box_public_keys": acctest.Values{"other": r.Box}}, `("other")`, ""},
	} {
		for why, keep := range map[string]string{"on_readers_changed": "on_readers_changed is", "on_revoked": "the token is revoked and on_revoked is"} {
			for _, method := range []string{"replace", "regenerate"} {
				t.Run(change.name+" "+why+" "+method, func(t *testing.T) {
					t.Parallel()
					e := acctest.New(t)
					base := acctest.With(acctest.Basic, acctest.Values{why: "keep", "rotation_method": method, "rotation_triggers": acctest.Values{"a": "1"}})
					rotated := acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}}
					never := []string{"becomes null"}
					if change.null != "" {
						never = nil
					}
					in := e.NewProvider().Create(acctest.With(base, change.from))
					if why == "on_revoked" {
						e.Must(e.Emulator.RevokeToken(in.Text("id")))
					}
					c, in := e.Refreshed(in)
					p := c.Plan(in, acctest.With(base, change.to))
					c.NoErrors(p.Diagnostics)
					expectWarnings(t, p, []string{waits, keep, "(-replace)", change.next, change.null}, append(never, other))
					in, _, diags := c.Apply(p, in, acctest.DestroyFirst)
					c.NoErrors(diags)
					c, in = e.Refreshed(in)
					expectWarnings(t, c.Plan(in, acctest.With(base, change.to)), nil, []string{waits, other})
					p = c.Plan(in, acctest.With(acctest.With(base, change.to), rotated))
					c.NoErrors(p.Diagnostics)
					expectWarnings(t, p, []string{other, change.next, change.null}, append(never, waits))
					in, _, diags = c.Apply(p, in, acctest.DestroyFirst)
					c.NoErrors(diags)
					c, in = e.Refreshed(in)
					again := acctest.Values{"rotation_triggers": acctest.Values{"a": "3"}}
					expectWarnings(t, c.Plan(in, acctest.With(acctest.With(base, change.to), again)), []string{"will have a new secret"}, []string{waits, other})
				})
			}
		}
	}
}

// A token without a secret in state can rotate in place while readers are unknown. The warning does not speak as if the known
// ones were all.
func TestReaders_unknown_areNotLeftOutOfTheWarning(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	e := acctest.New(t)
	token, _ := e.CreateOutside("t")
	c := e.NewProvider()
	in, diags := c.Import(t.Context(), token.ID)
	c.NoErrors(diags)
	config := acctest.With(acctest.Basic, acctest.Values{"age_recipients": []string{r.Age}, "rotation_method": "regenerate", "rotation_triggers": acctest.Values{"a": "1"}})
	in, _, diags = c.Apply(c.Plan(in, config), in, acctest.DestroyFirst)
	c.NoErrors(diags)
	const noneKnown, someKnown = "Who can read its next secret is known only after apply", "Other keys are known only after apply"
	for says, readers := range map[string][]acctest.Values{
		noneKnown: {
			{"age_recipients": acctest.Unknown},
			{"age_recipients": nil, "sealed_box_public_keys": acctest.Unknown},
			{"age_recipients": []any{acctest.Unknown}},
		},
		someKnown: {
			{"age_recipients": []any{r.SSH, acctest.Unknown}},
			{"age_recipients": []any{r.SSH}, "sealed_box_public_keys": acctest.Values{"x": acctest.Unknown}},
			{"sealed_box_public_keys": acctest.Unknown},
		},
	} {
		for _, unknown := range readers {
			p := c.Plan(in, acctest.With(config, acctest.With(unknown, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}})))
			c.NoErrors(p.Diagnostics)
			expectWarnings(t, p, []string{`Token "t" will have other readers`, says}, []string{"Only somebody with", "in state in clear"})
		}
	}
}
