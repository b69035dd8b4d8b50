package provider_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Keys that cannot be used are refused by validate, in plan, and before anything is sent; no error repeats one.
func TestReaders_invalid(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	const private = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SNKJPGS"
	age := func(keys ...any) acctest.Values { return acctest.Values{"age_recipients": append([]any{}, keys...)} }
	box := func(keys acctest.Values) acctest.Values { return acctest.Values{"sealed_box_public_keys": keys} }
	for name, c := range map[string]struct {
		config acctest.Values
		says   []string
		never  string
	}{
		"private key":           {age(r.Age, private), []string{"A key in age_recipients cannot be used: it is a private key", "make a new pair"}, private[20:40]},
		"private key in a box":  {box(acctest.Values{"repo": private}), []string{`The key "repo" of sealed_box_public_keys`, "private key"}, private[20:40]},
		"a word":                {age("swordfish-and-chips"), []string{"neither an age recipient", "one line of a .pub file"}, "swordfish"},
		"two lines":             {age(r.SSH + "\n" + r.SSH), []string{"more than one line"}, r.SSH[20:40]},
		"options":               {age("no-pty " + r.SSH), []string{"neither an age recipient"}, r.SSH[20:40]},
		"plugin":                {age("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"), []string{"plugins are not supported", "age1pq1"}, "qwt50d05"},
		"none":                  {age(), []string{"age_recipients cannot be used: it is empty", "remove the attribute"}, ""},
		"null":                  {age(r.Age, nil), []string{"it holds null"}, ""},
		"no boxes":              {box(acctest.Values{}), []string{"sealed_box_public_keys cannot be used: it is empty"}, ""},
		"null box":              {box(acctest.Values{"repo": nil}), []string{"it holds null"}, ""},
		"empty label":           {box(acctest.Values{"": r.Box}), []string{"one of its labels is empty"}, ""},
		"all zero":              {box(acctest.Values{"repo": strings.Repeat("A", 43) + "="}), []string{"weak key", "github_actions_public_key"}, "AAAAAAA"},
		"not 32 bytes":          {box(acctest.Values{"re\x1bpo": "c3dvcmRmaXNoc3dvcmRmaXNo"}), []string{`"re?po"`, "base64 of 32 bytes"}, "c3dvcmRmaXNo"},
		"the other one unknown": {age(private, acctest.Unknown), []string{"private key"}, private[20:40]},
	} {
		e := acctest.New(t)
		p := e.NewProvider()
		config := acctest.With(acctest.Basic, c.config)
		in := p.Create(acctest.Basic)
		calls := len(e.Writes())
		for step, text := range map[string]string{
			"validate": acctest.Errors(p.Validate(config)),
			"create":   acctest.Errors(p.Plan(acctest.Instance{}, config).Diagnostics),
			"apply":    acctest.Errors(applied(p, acctest.Plan{Value: acctest.Object(p.ObjectType, config), Config: acctest.Object(p.ObjectType, config)})),
		} {
			acctest.ExpectContains(t, text, c.says...)
			if c.never != "" && strings.Contains(text, c.never) {
				t.Errorf("%s, %s: the error repeats the key: %s", name, step, text)
			}
		}
		if name != "the other one unknown" {
			acctest.ExpectContains(t, acctest.Errors(p.Plan(in, config).Diagnostics), c.says...)
		}
		if len(e.Writes()) != calls {
			t.Errorf("%s: it made %v", name, e.Writes())
		}
	}
}

// age would write a file that it then refuses to read.
func TestReaders_moreThanAgeReads(t *testing.T) {
	t.Parallel()
	var keys []any
	for range 1025 {
		keys = append(keys, acctest.NewReader().Age)
	}
	said := acctest.Errors(acctest.New(t).NewProvider().Validate(acctest.With(acctest.Basic, acctest.Values{"age_recipients": keys})))
	acctest.ExpectContains(t, said, "age_recipients cannot be used: it has more recipients", "Write fewer recipients")
}

func applied(c *acctest.Provider, p acctest.Plan) []*tfprotov6.Diagnostic {
	_, _, diags := c.Apply(p, acctest.Instance{}, false)
	return diags
}

// Readers that are not known during plan are fine for a new token, and an error for one that has a secret.
func TestReaders_unknown(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	for _, unknown := range []acctest.Values{
		{"age_recipients": acctest.Unknown},
		{"age_recipients": []any{r.Age, acctest.Unknown}},
		{"sealed_box_public_keys": acctest.Unknown},
		{"sealed_box_public_keys": acctest.Values{"a": acctest.Unknown}},
	} {
		e := acctest.New(t)
		c := e.NewProvider()
		config := acctest.With(acctest.Basic, unknown)
		c.NoErrors(c.Validate(config))
		c.NoErrors(c.Plan(acctest.Instance{}, config).Diagnostics)
		for _, from := range []acctest.Values{{}, kindsOfReaders(r)["age"], kindsOfReaders(r)["sealed box"]} {
			in := c.Create(acctest.With(acctest.Basic, from))
			calls := len(e.Writes())
			p := c.Plan(in, config)
			acctest.ExpectContains(t, acctest.Errors(p.Diagnostics), `Cannot plan token "t"`, "must be known during plan", "does not wait for other resources")
			if len(e.Writes()) != calls {
				t.Error("something was sent")
			}
		}
	}
}

// Should encrypting fail all the same, the token is in state without a secret, and the next apply makes a new one.
func TestReaders_cannotEncrypt(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	for _, revokeFails := range []bool{false, true} {
		e := acctest.New(t)
		config := acctest.With(acctest.Basic, acctest.With(kindsOfReaders(r)["all"], acctest.Values{"rotation_method": "regenerate", "rotation_triggers": acctest.Values{"a": "1"}}))
		broken := withRandom(t, e, bytes.NewReader(nil))
		made, _, diags := broken.Apply(broken.Plan(acctest.Instance{}, config), acctest.Instance{}, false)
		acctest.ExpectContains(t, acctest.Errors(diags), `Cannot create token "t"`, "could not be encrypted", "tainted")
		if made.Text("id") != e.OnlyToken().ID || r.Read(made) != "" || made.Text("token") != "" {
			t.Error("the token is not in state, or with a secret")
		}

		in := e.NewProvider().Create(acctest.With(config, acctest.Values{"name": "u"}))
		next := acctest.With(config, acctest.Values{"name": "u", "rotation_triggers": acctest.Values{"a": "2"}})
		if revokeFails {
			// The first revoke is the rotation's.
			e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 2, Status: 403})
		}
		c := broken
		left, _, diags := c.Apply(c.Plan(in, next), in, false)
		acctest.ExpectContains(t, acctest.Errors(diags), `Cannot regenerate token "u"`, "could not be encrypted", "un again: it is regenerated once more")
		if left.Text("status") != "revoked" || left.Text("token") != "" || r.Read(left) != "" {
			t.Errorf("state says %s", left.Text("status"))
		}
		e.Emulator.Heal()
		for _, secret := range e.Secrets()[1:] {
			if e.Emulator.Accepts(secret) != (revokeFails && secret == e.Secrets()[len(e.Secrets())-1]) {
				t.Error("a secret that nobody has is left to work, or no longer works")
			}
		}
		c, left = e.Refreshed(left)
		current, _, diags := c.Apply(c.Plan(left, next), left, false)
		c.NoErrors(diags)
		expectReadable(t, e, r, current)
		if c, current = e.Refreshed(current); c.Plan(current, next).HasChanges() {
			t.Error("it does not settle")
		}
	}
}

func withRandom(t *testing.T, e *acctest.Env, random io.Reader) *acctest.Provider {
	t.Helper()
	options := e.Options()
	options.Random = random
	c, diags := acctest.Configure(t, options, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL})
	c.NoErrors(diags)
	return c
}

// The new secret is in state with its readers before edits are tried: a failing edit makes nothing rotate again.
func TestReaders_failingEditKeepsTheNewSecret(t *testing.T) {
	t.Parallel()
	r := acctest.NewReader()
	e := acctest.New(t)
	config := acctest.With(acctest.Basic, acctest.Values{"rotation_method": "regenerate"})
	in := e.NewProvider().Create(config)
	next := acctest.With(config, acctest.With(kindsOfReaders(r)["all"], acctest.Values{"name": "renamed"}))
	e.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Call: 1, Status: 500})
	c := e.NewProvider()
	current, _, diags := c.Apply(c.Plan(in, next), in, false)
	acctest.ExpectContains(t, acctest.Errors(diags), `Cannot update token "t"`)
	expectReadable(t, e, r, current)
	c, current = e.Refreshed(current)
	if p := c.Plan(current, next); p.IsUnknown("issued_at") || !p.HasChanges() {
		t.Error("the next plan is not just the edit")
	}
}
