package provider_test

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// core drives the provider over the protocol as Terraform's core does, for what the CLI does not show (warnings) and for
// tables that would take the CLI too long. Each core is one run of Terraform: one configured provider.
type core struct {
	t      testing.TB
	server tfprotov6.ProviderServer
	kind   tftypes.Object
	schema *tfprotov6.Schema
}

const resourceType = "safetyculture_service_user_token"

// values are attributes by name. A nil is null, unknown is unknown, all else is its value.
type values map[string]any

// unknown is a value that a plan does not know yet.
var unknown = tftypes.UnknownValue

// instance is a resource as Terraform keeps it: its state and what the provider keeps beside it.
type instance struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData // nil where Terraform has none yet, or is older than 1.12
}

// newCore configures a provider. Settings are added to those that lead to the emulator.
func (e *environment) newCore(settings values) *core {
	e.t.Helper()
	c, diags := e.tryCore(e.t, settings)
	if text := errorsOf(diags); text != "" {
		e.t.Fatal(text)
	}
	return c
}

func (e *environment) tryCore(t *testing.T, settings values) (*core, []*tfprotov6.Diagnostic) {
	t.Helper()
	all := values{"api_token": e.em.Bearer(), "base_url": e.url}
	maps.Copy(all, settings)
	return configure(t, e.options(), all)
}

func configure(t testing.TB, opts provider.Options, settings values) (*core, []*tfprotov6.Diagnostic) {
	t.Helper()
	server, err := provider.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	block := schemas.Provider.ValueType().(tftypes.Object)
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.0", Config: dynamic(t, block, object(block, settings)),
	})
	if err != nil {
		t.Fatal(err)
	}
	schema := schemas.ResourceSchemas[resourceType]
	return &core{t: t, server: server, kind: schema.ValueType().(tftypes.Object), schema: schema}, resp.Diagnostics
}

// planned is a plan of one resource.
type planned struct {
	config, prior, value tftypes.Value
	private              []byte
	identity             *tfprotov6.ResourceIdentityData
	replace              bool
	replacePaths         []string
	diags                []*tfprotov6.Diagnostic
}

// changes reports whether applying the plan would do anything.
func (p planned) changes() bool { return p.replace || !p.value.Equal(p.prior) }

// isUnknown reports whether an attribute is known only after apply.
func (p planned) isUnknown(name string) bool { return !attributeOf(p.value, name).IsKnown() }

// validate validates a configuration.
func (c *core) validate(config values) []*tfprotov6.Diagnostic {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resourceType, Config: c.dynamic(object(c.kind, config)),
	})
	c.must(err)
	return resp.Diagnostics
}

// read refreshes an instance; one that is gone has a null state.
func (c *core) read(in instance) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: resourceType, CurrentState: c.dynamic(in.state), Private: in.private, CurrentIdentity: in.identity,
	})
	c.must(err)
	if resp.NewState == nil {
		return in, resp.Diagnostics
	}
	return instance{c.value(resp.NewState), resp.Private, resp.NewIdentity}, resp.Diagnostics
}

// plan plans a change as Terraform does: a second time without prior state where the first asks for a replacement. A nil
// config is a destroy.
func (c *core) plan(in instance, config values) planned { return c.planWith(in, config, false) }

// planReplace plans as terraform plan -replace does.
func (c *core) planReplace(in instance, config values) planned { return c.planWith(in, config, true) }

func (c *core) planWith(in instance, config values, force bool) planned {
	c.t.Helper()
	if in.state.Type() == nil {
		in.state = tftypes.NewValue(c.kind, nil)
	}
	p := c.planOnce(in, config)
	p.replace = (len(p.replacePaths) > 0 || force) && !in.state.IsNull() && config != nil
	if !p.replace || errorsOf(p.diags) != "" {
		return p
	}
	second := c.planOnce(instance{state: tftypes.NewValue(c.kind, nil), private: p.private}, config)
	second.prior, second.replace, second.replacePaths = in.state, true, p.replacePaths
	second.diags = append(p.diags, second.diags...)
	return second
}

func (c *core) planOnce(in instance, config values) planned {
	c.t.Helper()
	configured := tftypes.NewValue(c.kind, nil)
	proposed := configured
	if config != nil {
		configured = object(c.kind, config)
		proposed = c.propose(in.state, config)
	}
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resourceType, PriorState: c.dynamic(in.state), ProposedNewState: c.dynamic(proposed),
		Config: c.dynamic(configured), PriorPrivate: in.private, PriorIdentity: in.identity,
	})
	c.must(err)
	p := planned{config: configured, prior: in.state, private: resp.PlannedPrivate, identity: resp.PlannedIdentity, diags: resp.Diagnostics, value: in.state}
	if resp.PlannedState != nil {
		p.value = c.value(resp.PlannedState)
	}
	for _, path := range resp.RequiresReplace {
		p.replacePaths = append(p.replacePaths, string(path.Steps()[0].(tftypes.AttributeName)))
	}
	return p
}

// propose is Terraform's proposed new state: configuration where it is set, prior state for what is computed.
func (c *core) propose(prior tftypes.Value, config values) tftypes.Value {
	merged := maps.Clone(config)
	if !prior.IsNull() {
		for _, a := range c.schema.Block.Attributes {
			if a.Computed && config[a.Name] == nil {
				merged[a.Name] = attributeOf(prior, a.Name)
			}
		}
	}
	return object(c.kind, merged)
}

// apply applies a plan, as Terraform does after its last look: with replaceFirst, the new instance is made before the old
// one is destroyed. It returns the instance that is current after it, and the old one where that is left.
func (c *core) apply(p planned, old instance, createFirst bool) (current, deposed instance, diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	null := tftypes.NewValue(c.kind, nil)
	if !p.replace {
		current, diags = c.applyOnce(p.prior, p)
		return current, instance{state: null}, diags
	}
	if createFirst {
		current, diags = c.applyOnce(null, p)
		if errorsOf(diags) != "" && current.state.IsNull() {
			return old, instance{state: null}, diags
		}
		if errorsOf(diags) != "" {
			return current, old, diags
		}
		deposed, destroyDiags := c.destroy(old)
		return current, deposed, append(diags, destroyDiags...)
	}
	left, diags := c.destroy(old)
	if errorsOf(diags) != "" {
		return left, instance{state: null}, diags
	}
	current, createDiags := c.applyOnce(null, p)
	return current, instance{state: null}, append(diags, createDiags...)
}

// destroy applies the destruction of an instance; what is left of it has a null state when all went well.
func (c *core) destroy(in instance) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	null := tftypes.NewValue(c.kind, nil)
	return c.applyOnce(in.state, planned{value: null, config: null, private: in.private, identity: in.identity})
}

func (c *core) applyOnce(prior tftypes.Value, p planned) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ApplyResourceChange(c.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: resourceType, PriorState: c.dynamic(prior), PlannedState: c.dynamic(p.value), Config: c.dynamic(p.config), PlannedPrivate: p.private, PlannedIdentity: p.identity,
	})
	c.must(err)
	if resp.NewState == nil {
		return instance{prior, p.private, p.identity}, resp.Diagnostics
	}
	return instance{c.value(resp.NewState), resp.Private, resp.NewIdentity}, resp.Diagnostics
}

// create plans and applies a new resource; any error fails the test.
func (c *core) create(config values) instance {
	c.t.Helper()
	p := c.plan(instance{}, config)
	c.clean(p.diags)
	current, _, diags := c.apply(p, instance{}, false)
	c.clean(diags)
	return current
}

// clean fails the test on any error.
func (c *core) clean(diags []*tfprotov6.Diagnostic) {
	c.t.Helper()
	if text := errorsOf(diags); text != "" {
		c.t.Fatal(text)
	}
}

func (c *core) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *core) dynamic(v tftypes.Value) *tfprotov6.DynamicValue { return dynamic(c.t, c.kind, v) }

func (c *core) value(v *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	value, err := v.Unmarshal(c.kind)
	c.must(err)
	return value
}

func dynamic(t testing.TB, kind tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(kind, v)
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// object makes a value of a flat block: what is not named is null.
func object(kind tftypes.Object, attributes values) tftypes.Value {
	all := make(map[string]tftypes.Value, len(kind.AttributeTypes))
	for name, attributeType := range kind.AttributeTypes {
		all[name] = toValue(attributeType, attributes[name])
	}
	for name := range attributes {
		if _, ok := all[name]; !ok {
			panic("no attribute " + name)
		}
	}
	return tftypes.NewValue(kind, all)
}

func toValue(kind tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case tftypes.Value:
		return v
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v)))
	case []string:
		elements := make([]tftypes.Value, len(v))
		for i, s := range v {
			elements[i] = tftypes.NewValue(tftypes.String, s)
		}
		return tftypes.NewValue(kind, elements)
	case values:
		elements := make(map[string]tftypes.Value, len(v))
		for key, element := range v {
			elements[key] = toValue(tftypes.String, element)
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, v)
	}
}

func attributeOf(v tftypes.Value, name string) tftypes.Value {
	var attributes map[string]tftypes.Value
	if err := v.As(&attributes); err != nil {
		panic(err)
	}
	return attributes[name]
}

// text is a string attribute of an instance; empty when null.
func (i instance) text(name string) string {
	var s *string
	if err := attributeOf(i.state, name).As(&s); err != nil {
		panic(err)
	}
	if s == nil {
		return ""
	}
	return *s
}

// errorsOf is the text of all errors; empty when there are none.
func errorsOf(diags []*tfprotov6.Diagnostic) string {
	return textOf(diags, tfprotov6.DiagnosticSeverityError)
}

// warningsOf is the text of all warnings; empty when there are none.
func warningsOf(diags []*tfprotov6.Diagnostic) string {
	return textOf(diags, tfprotov6.DiagnosticSeverityWarning)
}

func textOf(diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity) string {
	var lines []string
	for _, d := range diags {
		if d.Severity == severity {
			lines = append(lines, fmt.Sprintf("%s: %s", d.Summary, d.Detail))
		}
	}
	return strings.Join(lines, "\n")
}

// importState imports as terraform import does, its read included.
func (c *core) importState(ctx context.Context, id string) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	return c.importWith(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: resourceType, ID: id})
}

// importWith imports what a request names, and reads it.
func (c *core) importWith(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (instance, []*tfprotov6.Diagnostic) {
	c.t.Helper()
	resp, err := c.server.ImportResourceState(ctx, req)
	c.must(err)
	if len(resp.ImportedResources) == 0 {
		return instance{}, resp.Diagnostics
	}
	imported := resp.ImportedResources[0]
	in, diags := c.read(instance{c.value(imported.State), imported.Private, imported.Identity})
	return in, append(resp.Diagnostics, diags...)
}
