package acctest

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// Provider is a configured provider, driven over the protocol as Terraform's core drives it, without a CLI. Use it for
// warnings, which the CLI's output for machines omits, and for tables that would take the CLI too long. Each is one run of
// Terraform.
type Provider struct {
	T          testing.TB
	Server     tfprotov6.ProviderServer
	ObjectType tftypes.Object
	Schema     *tfprotov6.Schema
}

// ResourceType is the type of the one resource.
const ResourceType = "safetyculture_service_user_token"

// Instance is a resource as Terraform stores it: its state, private state and identity.
type Instance struct {
	State    tftypes.Value
	Private  []byte
	Identity *tfprotov6.ResourceIdentityData // nil if Terraform has none yet, or is older than 1.12
}

// Schemas are the schemas of everything that the provider serves. Each server builds its own, and they are all equal.
var Schemas = sync.OnceValue(func() *tfprotov6.GetProviderSchemaResponse {
	server, err := provider.NewServer(provider.Options{})
	panicOn(err)
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	panicOn(err)
	return schemas
})

// NewProvider configures a provider for the emulator, with more settings.
func (e *Env) NewProvider(settings ...Values) *Provider {
	e.T.Helper()
	c, diags := e.Configure(settings...)
	if text := Errors(diags); text != "" {
		e.T.Fatal(text)
	}
	return c
}

// Configure is NewProvider for a configuration that may be refused: it returns the diagnostics.
func (e *Env) Configure(settings ...Values) (*Provider, []*tfprotov6.Diagnostic) {
	e.T.Helper()
	all := Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL}
	for _, more := range settings {
		maps.Copy(all, more)
	}
	return Configure(e.T, e.Options(), all)
}

// Configure configures a provider with exactly these options and settings.
func Configure(t testing.TB, opts provider.Options, settings Values) (*Provider, []*tfprotov6.Diagnostic) {
	t.Helper()
	server, err := provider.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	block := Schemas().Provider.ValueType().(tftypes.Object)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.0", Config: Dynamic(t, block, Object(block, settings)),
	})
	if err != nil {
		t.Fatal(err)
	}
	schema := Schemas().ResourceSchemas[ResourceType]
	return &Provider{T: t, Server: server, ObjectType: schema.ValueType().(tftypes.Object), Schema: schema}, resp.Diagnostics
}

// Plan is a plan of one resource.
type Plan struct {
	Config, Prior, Value tftypes.Value
	Private              []byte
	Identity             *tfprotov6.ResourceIdentityData
	Replace              bool
	ReplacePaths         []string
	Diagnostics          []*tfprotov6.Diagnostic
}

// HasChanges reports whether applying the plan would do anything.
func (p Plan) HasChanges() bool { return p.Replace || !p.Value.Equal(p.Prior) }

// IsUnknown reports whether an attribute is known only after apply.
func (p Plan) IsUnknown(name string) bool { return !Attribute(p.Value, name).IsKnown() }

// Validate validates a configuration.
func (c *Provider) Validate(config Values) []*tfprotov6.Diagnostic {
	c.T.Helper()
	resp, err := c.Server.ValidateResourceConfig(c.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: ResourceType, Config: c.Dynamic(Object(c.ObjectType, config)),
	})
	c.Must(err)
	return resp.Diagnostics
}

// Read refreshes an instance. If the token no longer exists, its state is null.
func (c *Provider) Read(in Instance) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	resp, err := c.Server.ReadResource(c.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: ResourceType, CurrentState: c.Dynamic(in.State), Private: in.Private, CurrentIdentity: in.Identity,
	})
	c.Must(err)
	if resp.NewState == nil {
		return in, resp.Diagnostics
	}
	return Instance{c.Value(resp.NewState), resp.Private, resp.NewIdentity}, resp.Diagnostics
}

// Plan plans a change as Terraform does: if the first plan asks for a replacement, it plans again without prior state. A nil
// config is a destroy.
func (c *Provider) Plan(in Instance, config Values) Plan { return c.planWith(in, config, false) }

// PlanReplace plans as terraform plan -replace does.
func (c *Provider) PlanReplace(in Instance, config Values) Plan { return c.planWith(in, config, true) }

func (c *Provider) planWith(in Instance, config Values, force bool) Plan {
	c.T.Helper()
	if in.State.Type() == nil {
		in.State = tftypes.NewValue(c.ObjectType, nil)
	}
	p := c.planOnce(in, config)
	p.Replace = (len(p.ReplacePaths) > 0 || force) && !in.State.IsNull() && config != nil
	if !p.Replace || Errors(p.Diagnostics) != "" {
		return p
	}
	second := c.planOnce(Instance{State: tftypes.NewValue(c.ObjectType, nil), Private: p.Private}, config)
	second.Prior, second.Replace, second.ReplacePaths = in.State, true, p.ReplacePaths
	second.Diagnostics = append(p.Diagnostics, second.Diagnostics...)
	return second
}

func (c *Provider) planOnce(in Instance, config Values) Plan {
	c.T.Helper()
	configured := tftypes.NewValue(c.ObjectType, nil)
	proposed := configured
	if config != nil {
		configured = Object(c.ObjectType, config)
		proposed = c.Propose(in.State, config)
	}
	resp, err := c.Server.PlanResourceChange(c.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: ResourceType, PriorState: c.Dynamic(in.State), ProposedNewState: c.Dynamic(proposed),
		Config: c.Dynamic(configured), PriorPrivate: in.Private, PriorIdentity: in.Identity,
	})
	c.Must(err)
	p := Plan{Config: configured, Prior: in.State, Private: resp.PlannedPrivate, Identity: resp.PlannedIdentity, Diagnostics: resp.Diagnostics, Value: in.State}
	if resp.PlannedState != nil {
		p.Value = c.Value(resp.PlannedState)
	}
	for _, path := range resp.RequiresReplace {
		p.ReplacePaths = append(p.ReplacePaths, string(path.Steps()[0].(tftypes.AttributeName)))
	}
	return p
}

// Propose returns Terraform's proposed new state: the configured values, and prior state for computed ones.
func (c *Provider) Propose(prior tftypes.Value, config Values) tftypes.Value {
	merged := maps.Clone(config)
	if !prior.IsNull() {
		for _, a := range c.Schema.Block.Attributes {
			if a.Computed && config[a.Name] == nil {
				merged[a.Name] = Attribute(prior, a.Name)
			}
		}
	}
	return Object(c.ObjectType, merged)
}

// Destroy destroys an instance. The state of the returned instance is null if all went well.
func (c *Provider) Destroy(in Instance) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	null := tftypes.NewValue(c.ObjectType, nil)
	return c.applyOnce(in.State, Plan{Value: null, Config: null, Private: in.Private, Identity: in.Identity})
}

func (c *Provider) applyOnce(prior tftypes.Value, p Plan) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	resp, err := c.Server.ApplyResourceChange(c.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: ResourceType, PriorState: c.Dynamic(prior), PlannedState: c.Dynamic(p.Value), Config: c.Dynamic(p.Config), PlannedPrivate: p.Private, PlannedIdentity: p.Identity,
	})
	c.Must(err)
	if resp.NewState == nil {
		return Instance{prior, p.Private, p.Identity}, resp.Diagnostics
	}
	made := Instance{c.Value(resp.NewState), resp.Private, resp.NewIdentity}
	if made.State.IsNull() && Errors(resp.Diagnostics) != "" { // Terraform keeps the prior instance
		made.State = prior
	}
	return made, resp.Diagnostics
}

// Create plans and applies a new resource; any error fails the test.
func (c *Provider) Create(config Values) Instance {
	c.T.Helper()
	p := c.Plan(Instance{}, config)
	c.NoErrors(p.Diagnostics)
	current, _, diags := c.Apply(p, Instance{}, false)
	c.NoErrors(diags)
	return current
}

// NoErrors fails the test on any error.
func (c *Provider) NoErrors(diags []*tfprotov6.Diagnostic) {
	c.T.Helper()
	if text := Errors(diags); text != "" {
		c.T.Fatal(text)
	}
}

// Must fails the test on an error of the protocol.
func (c *Provider) Must(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// Dynamic encodes a value of the resource for the protocol.
func (c *Provider) Dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	return Dynamic(c.T, c.ObjectType, v)
}

// Value decodes a value of the resource.
func (c *Provider) Value(v *tfprotov6.DynamicValue) tftypes.Value {
	c.T.Helper()
	value, err := v.Unmarshal(c.ObjectType)
	c.Must(err)
	return value
}

// Refreshed reads an instance in a new run, as terraform plan does, and fails the test on any error.
func (e *Env) Refreshed(in Instance) (*Provider, Instance) {
	e.T.Helper()
	c := e.NewProvider()
	read, diags := c.Read(in)
	c.NoErrors(diags)
	return c, read
}
