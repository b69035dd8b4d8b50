package provider_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// kindsOfReaders are the arguments that give a token readers, for one reader.
func kindsOfReaders(r *acctest.Reader) map[string]acctest.Values {
	return map[string]acctest.Values{
		"age":        {"age_recipients": []string{r.Age}},
		"ssh":        {"age_recipients": []string{r.SSH}},
		"sealed box": {"sealed_box_public_keys": acctest.Values{"repository": r.Box}},
		"all": {
			"age_recipients":         []string{r.Age, r.SSH},
			"sealed_box_public_keys": acctest.Values{"a": r.Box, "b": r.Box},
		},
	}
}

// expectReadable fails unless the reader can read a secret that the API accepts, and nothing holds it in clear.
func expectReadable(t *testing.T, e *acctest.Env, r *acctest.Reader, in acctest.Instance) {
	t.Helper()
	if secret := r.Read(in); secret == "" || !e.Emulator.Accepts(secret) {
		t.Error("the reader has no secret that works")
	}
	for _, secret := range e.Secrets() {
		if strings.Contains(in.State.String(), secret) || bytes.Contains(in.Private, []byte(secret)) {
			t.Error("a secret is in state in clear")
		}
	}
}

// A token's life with each kind of reader: created, read, rotated by each reason with each method, and quiet in between.
func TestReaders_life(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	for kind, readers := range kindsOfReaders(r) {
		for _, method := range []string{"replace", "regenerate"} {
			for _, order := range []acctest.Order{acctest.DestroyFirst, acctest.CreateFirst} {
				t.Run(fmt.Sprint(kind, method, order), func(t *testing.T) {
					t.Parallel()
					e := acctest.New(t)
					config := acctest.With(acctest.With(acctest.Basic, readers), acctest.Values{"rotation_method": method, "rotation_triggers": acctest.Values{"a": "0"}})
					in := e.NewProvider().Create(config)
					expectReadable(t, e, r, in)
					for reason, cause := range rotationCauses {
						before := r.Read(in)
						in, config = cause(e, in, config)
						c, current := e.Refreshed(in)
						p := c.Plan(current, config)
						c.NoErrors(p.Diagnostics)
						if !acctest.Attribute(p.Value, "token").IsNull() {
							t.Errorf("%s: the plan does not say that token is null", reason)
						}
						current, _, diags := c.Apply(p, current, order)
						c.NoErrors(diags)
						expectReadable(t, e, r, current)
						if r.Read(current) == before || e.Emulator.Accepts(before) {
							t.Errorf("%s: the previous secret still works", reason)
						}
						if c, in = e.Refreshed(current); c.Plan(in, config).HasChanges() {
							t.Errorf("%s: it does not settle", reason)
						}
					}
				})
			}
		}
	}
}

// rotationCauses make a token rotate, and return its state and the configuration to plan.
var rotationCauses = map[string]func(e *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values){
	"trigger": func(_ *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values) {
		return in, acctest.With(config, acctest.Values{"rotation_triggers": acctest.Values{"a": in.Text("issued_at")}})
	},
	"revoked": func(e *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values) {
		e.Must(e.Emulator.RevokeToken(in.Text("id")))
		return in, config
	},
	"expired": func(e *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values) {
		e.Clock.Advance(46 * acctest.Day)
		return in, config
	},
	"superseded": func(e *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values) {
		e.Clock.Advance(acctest.Day)
		e.RegenerateOutside(in.Text("id"))
		return in, config
	},
	"due": func(e *acctest.Env, in acctest.Instance, config acctest.Values) (acctest.Instance, acctest.Values) {
		config = acctest.With(config, acctest.Values{"rotate_after_days": 10})
		c, current := e.Refreshed(in)
		current, _, diags := c.Apply(c.Plan(current, config), current, acctest.DestroyFirst) // only stores the number
		c.NoErrors(diags)
		e.Clock.Advance(10 * acctest.Day)
		return current, config
	},
}

// readersChange is one way in which readers come, go and change.
type readersChange struct {
	name         string
	from, to     acctest.Values
	shownOn      []string
	warns        []string
	null         []string // planned null
	knownLater   []string
	reader       *acctest.Reader // who can read it afterwards; nil if everybody can
	doesNotWarn  string
	keepsReaders bool // no other secret
}

func readersChanges(t *testing.T) []readersChange {
	t.Helper()
	r, other := acctest.NewReader(), acctest.NewReader()
	ageOf := func(keys ...string) acctest.Values { return acctest.Values{"age_recipients": keys} }
	boxOf := func(label string, r *acctest.Reader) acctest.Values {
		return acctest.Values{"sealed_box_public_keys": acctest.Values{label: r.Box}}
	}
	none := acctest.Values{}
	onAge, onBox := []string{"age_recipients"}, []string{"sealed_box_public_keys"}
	fingerprint := []string{`Token "t" will have other readers`, "SHA256:"}
	return []readersChange{
		{name: "age added", from: none, to: ageOf(r.Age), shownOn: onAge, warns: append(fingerprint, "token becomes null"), null: []string{"token", "sealed_box_tokens"}, knownLater: []string{"encrypted_token"}, reader: r},
		{name: "box added", from: none, to: boxOf("l", r), shownOn: onBox, warns: append(fingerprint, `("l")`, "token becomes null"), null: []string{"token", "encrypted_token"}, knownLater: []string{"sealed_box_tokens"}, reader: r},
		{name: "age removed", from: ageOf(r.Age), to: none, shownOn: onAge, warns: []string{"in state in clear"}, null: []string{"encrypted_token", "sealed_box_tokens"}, knownLater: []string{"token"}},
		{name: "box removed", from: boxOf("l", r), to: none, shownOn: onBox, warns: []string{"in state in clear"}, null: []string{"encrypted_token", "sealed_box_tokens"}, knownLater: []string{"token"}},
		{name: "age changed", from: ageOf(r.Age), to: ageOf(other.SSH), shownOn: onAge, warns: fingerprint, doesNotWarn: "becomes null", null: []string{"token"}, knownLater: []string{"encrypted_token"}, reader: other},
		{name: "a second age key", from: ageOf(r.Age), to: ageOf(r.Age, r.SSH), shownOn: onAge, warns: fingerprint, knownLater: []string{"encrypted_token"}, reader: r},
		{name: "one age key less", from: ageOf(r.Age, r.SSH), to: ageOf(r.SSH), shownOn: onAge, warns: fingerprint, knownLater: []string{"encrypted_token"}, reader: r},
		{name: "box key changed", from: boxOf("l", r), to: boxOf("l", other), shownOn: onBox, warns: fingerprint, knownLater: []string{"sealed_box_tokens"}, reader: other},
		{name: "label changed", from: boxOf("l", r), to: boxOf("m", r), shownOn: onBox, warns: fingerprint, knownLater: []string{"sealed_box_tokens"}, reader: r},
		{name: "from age to box", from: ageOf(r.Age), to: boxOf("l", r), shownOn: []string{"age_recipients", "sealed_box_public_keys"}, warns: fingerprint, null: []string{"token", "encrypted_token"}, knownLater: []string{"sealed_box_tokens"}, reader: r},
		{name: "comment added", from: ageOf(r.SSH), to: ageOf(r.SSH + " me@host"), keepsReaders: true, reader: r},
		{name: "comment changed", from: ageOf(r.SSH + " me"), to: ageOf(r.SSH + " you and me"), keepsReaders: true, reader: r},
		{name: "twice the same key", from: ageOf(r.SSH), to: ageOf(r.SSH, r.SSH+" again"), keepsReaders: true, reader: r},
	}
}

// Other readers get another secret, and the plan shows by which attribute. The same ones do not.
func TestReaders_changes(t *testing.T) {
	t.Parallel()
	for _, change := range readersChanges(t) {
		for _, method := range []string{"replace", "regenerate"} {
			t.Run(change.name+" "+method, func(t *testing.T) {
				t.Parallel()
				e := acctest.New(t)
				base := acctest.With(acctest.Basic, acctest.Values{"rotation_method": method})
				in := e.NewProvider().Create(acctest.With(base, change.from))
				old := e.Secrets()[len(e.Secrets())-1]
				c, in := e.Refreshed(in)
				config := acctest.With(base, change.to)
				p := c.Plan(in, config)
				c.NoErrors(p.Diagnostics)
				if !change.keepsReaders {
					checkReadersPlan(t, change, method, p)
				} else if p.Replace || p.IsUnknown("issued_at") || p.IsUnknown("encrypted_token") || !p.HasChanges() {
					t.Error("the same readers are planned as others")
				}
				calls := len(e.Writes())
				current, _, diags := c.Apply(p, in, acctest.DestroyFirst)
				c.NoErrors(diags)
				if change.keepsReaders != (len(e.Writes()) == calls) || change.keepsReaders != e.Emulator.Accepts(old) {
					t.Errorf("the calls are %v", e.Writes()[calls:])
				}
				if change.reader != nil {
					expectReadable(t, e, change.reader, current)
				} else if !e.Emulator.Accepts(current.Text("token")) || current.Text("encrypted_token") != "" {
					t.Error("token is not the secret in clear")
				}
				if c, current = e.Refreshed(current); c.Plan(current, config).HasChanges() {
					t.Error("it does not settle")
				}
			})
		}
	}
}

func checkReadersPlan(t *testing.T, change readersChange, method string, p acctest.Plan) {
	t.Helper()
	slices.Sort(p.ReplacePaths)
	if method == "replace" && !slices.Equal(p.ReplacePaths, change.shownOn) || method == "regenerate" && p.Replace {
		t.Errorf("the replacement is shown on %v", p.ReplacePaths)
	}
	for _, name := range change.null {
		if !acctest.Attribute(p.Value, name).IsNull() {
			t.Errorf("%s is not planned null", name)
		}
	}
	for _, name := range append(change.knownLater, "issued_at") {
		if !p.IsUnknown(name) {
			t.Errorf("%s is not planned unknown", name)
		}
	}
	warnings := acctest.Warnings(p.Diagnostics)
	acctest.ExpectContains(t, warnings, append(change.warns, `Token "t" will have a new secret`, strings.Join(change.shownOn, " changed, and ")+" changed")...)
	if change.doesNotWarn != "" && strings.Contains(warnings, change.doesNotWarn) {
		t.Errorf("warns without a reason: %s", warnings)
	}
}

// An update that another provider version has planned differently changes nothing.
func TestReaders_planThatSaysOtherwise(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	base := acctest.With(acctest.Basic, acctest.Values{"rotation_method": "regenerate", "rotation_triggers": acctest.Values{"a": "1"}})
	c := e.NewProvider()
	in := c.Create(base)
	renamed := c.Plan(in, acctest.With(base, acctest.Values{"name": "other"}))
	rotated := c.Plan(in, acctest.With(base, acctest.Values{"name": "other", "rotation_triggers": acctest.Values{"a": "2"}}))
	calls := len(e.Writes())
	for _, p := range []acctest.Plan{
		{Config: rotated.Config, Value: acctest.Replaced(rotated.Value, renamed.Value, "rotation_triggers"), Private: rotated.Private, Prior: in.State},
		{Config: renamed.Config, Value: acctest.Replaced(renamed.Value, rotated.Value, "rotation_triggers"), Private: renamed.Private, Prior: in.State},
	} {
		_, _, diags := c.Apply(p, in, acctest.DestroyFirst)
		acctest.ExpectContains(t, acctest.Errors(diags), "disagree on whether the token gets a new secret", "Nothing was changed")
	}
	if len(e.Writes()) != calls {
		t.Errorf("it made %v", e.Writes()[calls:])
	}
}
