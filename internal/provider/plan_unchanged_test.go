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
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// What is planned without the framework is what the framework plans, for a thousand states and configurations of which
// most attributes are those of a token that nothing happens to.
func TestPlanUnchanged(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in, c := own(e, acctest.Basic)
	framework := providerserver.NewProtocol6(provider.New(e.Options())())()
	configure(t, framework, acctest.Values{"api_token": in.Text("token"), "base_url": e.URL})

	random := rand.New(rand.NewPCG(1, 2))
	pick := pickOf(random, in)
	id := func(id string) *tfprotov6.ResourceIdentityData {
		return &tfprotov6.ResourceIdentityData{IdentityData: acctest.Dynamic(t, acctest.IdentityType, acctest.Object(acctest.IdentityType, acctest.Values{"id": id, "organization_id": "o"}))}
	}
	private := func(keys ...string) []byte {
		data := map[string][]byte{}
		for _, key := range keys {
			data[key] = []byte("true")
		}
		text, err := json.Marshal(data)
		e.Must(err)
		return text
	}
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
			PriorPrivate:  oneOf(random, nil, private("prior_instance"), private("own_token"), private("prior_instance", "own_token")),
			PriorIdentity: oneOf(random, nil, id("x"), id("y")),
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
		if diff := cmp.Diff(wordsOf(c, want), wordsOf(c, got)); diff != "" {
			t.Fatalf("state %v\nconfiguration %v\nprivate %s: the framework's plan -, this one +\n%s", state, config, req.PriorPrivate, diff)
		}
	}
	if unchanged < plans/10 || unchanged > plans/2 {
		t.Errorf("%d of %d plans were made without the framework", unchanged, plans)
	}
}

// pickOf picks a value for an attribute, most often that of a token that nothing happens to.
func pickOf(random *rand.Rand, in acctest.Instance) func(name string, kind tftypes.Type) any {
	const morning = "2026-03-01T12:00:00Z"
	values := map[string][]any{ // the usual one first
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
	return func(name string, kind tftypes.Type) any {
		of := values[name]
		switch {
		case of != nil:
		case kind.Is(tftypes.Map{}):
			of = []any{nil, acctest.Values{"a": "1"}, acctest.Values{"a": "2"}}
		case kind.Is(tftypes.Set{}):
			of = []any{nil, []string{"a"}, []string{"a", "b"}}
		case kind.Is(tftypes.String):
			of = []any{"x", nil, "y"}
		default:
			of = []any{nil}
		}
		if random.IntN(7) > 0 {
			return of[0]
		}
		return of[random.IntN(len(of))]
	}
}

// oneOf is most often the first.
func oneOf[T any](random *rand.Rand, usual T, others ...T) T {
	if random.IntN(7) > 0 {
		return usual
	}
	return others[random.IntN(len(others))]
}

// wordsOf is a plan in words that can be compared.
func wordsOf(c *acctest.Provider, resp *tfprotov6.PlanResourceChangeResponse) map[string]any {
	words := map[string]any{
		"private": string(resp.PlannedPrivate), "diagnostics": resp.Diagnostics, "deferred": resp.Deferred != nil, "state": c.Value(resp.PlannedState).String(),
	}
	for _, path := range resp.RequiresReplace {
		words["replaces for "+path.String()] = true
	}
	if resp.PlannedIdentity != nil {
		identity, err := resp.PlannedIdentity.IdentityData.Unmarshal(acctest.IdentityType)
		c.Must(err)
		words["identity"] = identity.String()
	}
	return words
}

func configure(t *testing.T, server tfprotov6.ProviderServer, settings acctest.Values) {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	block := schemas.Provider.ValueType().(tftypes.Object)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: acctest.Dynamic(t, block, acctest.Object(block, settings))})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
}
