package provider_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// What is planned without the framework is what the framework plans, for a thousand states and configurations of which
// most attributes are those of a token that nothing happens to.
func TestPlanUnchanged(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in, c := own(e, acctest.Basic)
	framework := frameworkOf(e, acctest.Values{"api_token": in.Text("token")})
	random := rand.New(rand.NewPCG(1, 2))
	pick := pickOf(random, in)
	unchanged := 0
	const plans = 1000
	for range plans {
		state, config := acctest.Values{}, acctest.Values{}
		for _, a := range c.Schema.Block.Attributes {
			state[a.Name] = pick(a.Name, a.Type)
			if a.Optional || a.Required {
				config[a.Name] = oneOf(random, state[a.Name], nil, pick(a.Name, a.Type))
			}
		}
		proposed := acctest.With(state, nil)
		if random.IntN(10) == 0 {
			proposed["name"] = "another"
		}
		req := tfprotov6.PlanResourceChangeRequest{
			TypeName: acctest.ResourceType, Config: c.Dynamic(acctest.Object(c.ObjectType, config)),
			PriorState: c.Dynamic(acctest.Object(c.ObjectType, state)), ProposedNewState: c.Dynamic(acctest.Object(c.ObjectType, proposed)),
			PriorPrivate:  oneOf(random, nil, privateOf(c, "prior_instance"), privateOf(c, "own_token"), privateOf(c, "prior_instance", "own_token")),
			PriorIdentity: oneOf(random, nil, identityOf(c, "x"), identityOf(c, "y")),
		}
		again := req
		got, err := c.Server.PlanResourceChange(t.Context(), &req)
		e.Must(err)
		if got.PlannedState != req.ProposedNewState { // it is the framework's
			continue
		}
		unchanged++
		want, err := framework.PlanResourceChange(t.Context(), &again)
		e.Must(err)
		if len(want.RequiresReplace) > 0 {
			t.Fatalf("state %v\nconfiguration %v: the framework plans a replacement", state, config)
		}
		if diff := cmp.Diff(wordsOf(c, want.PlannedState, want.PlannedPrivate, want.PlannedIdentity, want.Diagnostics),
			wordsOf(c, got.PlannedState, got.PlannedPrivate, got.PlannedIdentity, got.Diagnostics)); diff != "" {
			t.Fatalf("state %v\nconfiguration %v\nprivate %s: the framework's plan -, this one +\n%s", state, config, req.PriorPrivate, diff)
		}
	}
	if unchanged < plans/10 || unchanged > plans/2 {
		t.Errorf("%d of %d plans were made without the framework", unchanged, plans)
	}
}

// What is read without the framework is what the framework reads, for tokens of which most are as state holds them.
func TestReadUnchanged(t *testing.T) {
	t.Parallel()
	const tokens = 200
	e := acctest.New(t, func(o *emulator.Options) { o.Tokens, o.ActiveTokenLimit = tokens, tokens })
	made := importAll(e)
	noIdentity := &tfprotov6.ResourceIdentityData{IdentityData: acctest.Dynamic(t, acctest.IdentityType, tftypes.NewValue(acctest.IdentityType, nil))}
	random := rand.New(rand.NewPCG(3, 4))
	revoked := map[string]bool{}
	for _, in := range made {
		if random.IntN(10) == 0 {
			revoked[in.Text("id")] = true
			e.Must(e.Emulator.RevokeToken(in.Text("id")))
		}
	}
	for _, run := range []struct {
		settings    acctest.Values
		most, least int
	}{{nil, tokens * 2 / 3, tokens / 5}, {acctest.Values{"expiry_warning_days": 100}, 0, 0}} {
		c, framework := e.NewProvider(run.settings), frameworkOf(e, run.settings)
		unchanged := 0
		for i, in := range made {
			if i > 0 && random.IntN(10) == 0 {
				in = made[i-1] // at two addresses
			}
			state := acctest.Values{}
			for _, a := range c.Schema.Block.Attributes {
				state[a.Name] = acctest.Attribute(in.State, a.Name)
			}
			for range random.IntN(3) {
				a := c.Schema.Block.Attributes[random.IntN(len(c.Schema.Block.Attributes))]
				values := valuesOf(a.Name, a.Type, in)
				state[a.Name] = values[random.IntN(len(values))]
			}
			if revoked[in.Text("id")] { // state holds a newer secret than the one that was revoked: the list may lag
				state["token"], state["issued_at"] = "secret", "2099-01-01T00:00:00Z"
			}
			req := tfprotov6.ReadResourceRequest{
				TypeName: acctest.ResourceType, CurrentState: c.Dynamic(acctest.Object(c.ObjectType, state)),
				Private:         oneOf(random, nil, privateOf(c, "prior_instance"), privateOf(c, "own_token"), privateOf(c, ".import_before_read")),
				CurrentIdentity: oneOf(random, in.Identity, nil, identityOf(c, "x"), noIdentity),
			}
			again := req
			e.Emulator.ForgetCalls()
			got, err := c.Server.ReadResource(t.Context(), &req)
			e.Must(err)
			calls := len(e.Emulator.Calls())
			want, err := framework.ReadResource(t.Context(), &again)
			e.Must(err)
			if all := len(e.Emulator.Calls()); all != 2*calls {
				t.Fatalf("state %v: %d calls, and the framework makes %d", state, calls, all-calls)
			}
			if got.NewState != req.CurrentState { // it is the framework's
				continue
			}
			unchanged++
			if diff := cmp.Diff(wordsOf(c, want.NewState, want.Private, want.NewIdentity, want.Diagnostics),
				wordsOf(c, got.NewState, got.Private, got.NewIdentity, got.Diagnostics)); diff != "" {
				t.Fatalf("state %v\nprivate %s: what the framework reads -, this +\n%s", state, req.Private, diff)
			}
		}
		if unchanged < run.least || unchanged > run.most {
			t.Errorf("%v: %d of %d tokens were read without the framework", run.settings, unchanged, tokens)
		}
	}
}

// importAll imports all tokens of an emulator.
func importAll(e *acctest.Env) (all []acctest.Instance) {
	e.T.Helper()
	c := e.NewProvider()
	for _, token := range e.Emulator.ActiveTokens() {
		in, diags := c.Import(e.T.Context(), token.ID)
		c.NoErrors(diags)
		all = append(all, in)
	}
	return all
}

// frameworkOf is the provider as the framework serves it, configured.
func frameworkOf(e *acctest.Env, settings acctest.Values) tfprotov6.ProviderServer {
	e.T.Helper()
	server := providerserver.NewProtocol6(provider.New(e.Options())())()
	block := acctest.Schemas().Provider.ValueType().(tftypes.Object)
	all := acctest.With(acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL}, settings)
	resp, err := server.ConfigureProvider(e.T.Context(), &tfprotov6.ConfigureProviderRequest{Config: acctest.Dynamic(e.T, block, acctest.Object(block, all))})
	e.Must(err)
	if text := acctest.Errors(resp.Diagnostics); text != "" {
		e.T.Fatal(text)
	}
	return server
}

func identityOf(c *acctest.Provider, id string) *tfprotov6.ResourceIdentityData {
	value := acctest.Dynamic(c.T, acctest.IdentityType, acctest.Object(acctest.IdentityType, acctest.Values{"id": id, "organization_id": "o"}))
	return &tfprotov6.ResourceIdentityData{IdentityData: value}
}

// privateOf is private data with these marks, as the framework writes it.
func privateOf(c *acctest.Provider, marks ...string) []byte {
	data := map[string][]byte{}
	for _, mark := range marks {
		data[mark] = []byte("true")
	}
	text, err := json.Marshal(data)
	c.Must(err)
	return text
}

// pickOf picks a value for an attribute, most often that of a token that nothing happens to.
func pickOf(random *rand.Rand, in acctest.Instance) func(name string, kind tftypes.Type) any {
	return func(name string, kind tftypes.Type) any {
		of := valuesOf(name, kind, in)
		if random.IntN(7) > 0 {
			return of[0]
		}
		return of[random.IntN(len(of))]
	}
}

// valuesOf are values of an attribute. The first is that of a token that nothing happens to.
func valuesOf(name string, kind tftypes.Type, in acctest.Instance) []any {
	const morning = "2026-03-01T12:00:00Z"
	values := map[string][]any{
		"name":                   {"t", "other"},
		"inactivity_expiry_days": {45, 60},
		"permission_set_ids":     {nil, []string{"a"}},
		"all_permissions":        {true, nil},
		"rotate_after_days":      {nil, 90},
		"rotation_due":           {false, true, nil},
		"rotation_method":        {"replace", "regenerate"},
		"on_revoked":             {"rotate", "keep"},
		"on_expired":             {"rotate", "keep"},
		"on_destroy":             {"delete", "revoke"},
		"token":                  {"secret", nil},
		"status":                 {"active", "revoked", "expired", "superseded"},
		"organization_id":        {in.Text("organization_id"), "role_other", "", nil},
		"service_user_id":        {"user_other", in.Text("service_user_id"), nil},
		"created_at":             {morning, "in the morning", nil},
		"issued_at":              {morning, "2026-03-01T13:00:00+01:00", "at noon", nil},
	}
	switch of := values[name]; {
	case of != nil:
		return of
	case kind.Is(tftypes.Map{}):
		return []any{nil, acctest.Values{"a": "1"}, acctest.Values{"a": "2"}}
	case kind.Is(tftypes.Set{}):
		return []any{nil, []string{"a"}, []string{"a", "b"}}
	case kind.Is(tftypes.String):
		return []any{"x", nil, "y"}
	}
	return []any{nil}
}

// oneOf is most often the first.
func oneOf[T any](random *rand.Rand, usual T, others ...T) T {
	if random.IntN(7) > 0 {
		return usual
	}
	return others[random.IntN(len(others))]
}

// wordsOf is a response in words that can be compared.
func wordsOf(c *acctest.Provider, state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData, diags []*tfprotov6.Diagnostic) map[string]string {
	words := map[string]string{"state": c.Value(state).String(), "private": string(private), "errors": acctest.Errors(diags), "warnings": acctest.Warnings(diags)}
	if identity != nil {
		value, err := identity.IdentityData.Unmarshal(acctest.IdentityType)
		c.Must(err)
		words["identity"] = value.String()
	}
	return words
}
