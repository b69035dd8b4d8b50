package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Most tokens of a large plan have not changed, and most of the plugin's time goes into finding that out: the framework converts
// the values of each request dozens of times. The two functions here compare the values directly. They return nil if a token
// has changed or needs a warning; then the framework serves the request. TestReadUnchanged and TestPlanUnchanged compare their
// results with the framework's.

// readUnchanged returns the response to a read if the run knows the token already, and it is as in state.
func (p *safetyCultureProvider) readUnchanged(ctx context.Context, req *tfprotov6.ReadResourceRequest) *tfprotov6.ReadResourceResponse {
	c := p.data.Load()
	var state serviceUserTokenModel
	if c == nil || req.TypeName != tokenType || !ordinaryPrivate(req.Private) || !state.decode(ctx, req.CurrentState) {
		return nil
	}
	identity := state.identityBeside(req.CurrentIdentity)
	known, ok := c.service.Known(state.ID.ValueString())
	if identity == nil || !ok || !known.Active() || state.OrganizationID.ValueString() == "" {
		return nil
	}
	found, err := c.service.LookupManaged(ctx, state.prior()) // as Read does; sends nothing, because the token is known and active
	if err != nil {
		return nil
	}
	seen := state
	seen.observe(found, state.OrganizationID.ValueString(), c.service.Earliest())
	var warnings diag.Diagnostics
	c.warnOfExpiry(found, &warnings)
	if !seen.equal(&state) || len(warnings) > 0 || c.reads.again(found.ID) {
		return nil
	}
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private, NewIdentity: identity}
}

// planUnchanged returns the response to a plan if Terraform proposes the prior state. The framework would do three things: plan
// the defaults of attributes that the configuration does not set, call the plan modifiers (ours keep known values, and here
// all values are known), and call ModifyPlan.
func (p *safetyCultureProvider) planUnchanged(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	c := p.data.Load()
	if c == nil || req.TypeName != tokenType || !sameBytes(req.PriorState, req.ProposedNewState) || !ordinaryPrivate(req.PriorPrivate) {
		return nil
	}
	var state, config serviceUserTokenModel
	if !state.decode(ctx, req.PriorState) || !config.decode(ctx, req.Config) || !config.leavesDefaults(&state) {
		return nil
	}
	decision, own, err := c.decide(ctx, state, state)
	if err != nil || own || !decision.Nothing() {
		return nil
	}
	identity := req.PriorIdentity
	if identity == nil {
		identity = identityOf(tftypes.NewValue(identityObject(), nil))
	}
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: privateOfPrior(), PlannedIdentity: identity}
}

func sameBytes(a, b *tfprotov6.DynamicValue) bool {
	return a != nil && b != nil && len(a.MsgPack) > 0 && bytes.Equal(a.MsgPack, b.MsgPack)
}

// decode reads a value of the protocol. It returns false if there is no value, or if reading it gives a diagnostic.
func (m *serviceUserTokenModel) decode(ctx context.Context, value *tfprotov6.DynamicValue) bool {
	if value == nil {
		return false
	}
	raw, err := value.Unmarshal(tokenObject())
	return err == nil && !raw.IsNull() && len(m.get(ctx, raw)) == 0
}

// leavesDefaults reports whether state holds the default of each attribute that the configuration does not set.
func (m *serviceUserTokenModel) leavesDefaults(state *serviceUserTokenModel) bool {
	for _, field := range tokenFields() {
		if field.fallback != nil && m.value(field).IsNull() && !state.value(field).Equal(field.fallback) {
			return false
		}
	}
	return true
}

// tokenObject is the type of a token's values in the protocol.
var tokenObject = sync.OnceValue(func() tftypes.Type { return tokenSchema().Type().TerraformType(context.Background()) })

// privateOfPrior is the private state that holds priorInstanceKey and nothing else, as the framework writes it.
var privateOfPrior = sync.OnceValue(func() []byte {
	written, err := json.Marshal(map[string][]byte{priorInstanceKey: []byte("true")})
	if err != nil {
		return nil
	}
	return written
})

// ordinaryPrivate reports whether private state is empty or holds priorInstanceKey only.
func ordinaryPrivate(data []byte) bool { return len(data) == 0 || bytes.Equal(data, privateOfPrior()) }

// identityObject is the type of a token's identity in the protocol.
var identityObject = sync.OnceValue(func() tftypes.Type { return tokenIdentitySchema().Type().TerraformType(context.Background()) })

func identityOf(raw tftypes.Value) *tfprotov6.ResourceIdentityData {
	value, err := tfprotov6.NewDynamicValue(identityObject(), raw)
	if err != nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &value}
}

// identityBeside returns the identity that storeIdentity would leave: the prior one or, if there is none because Terraform is
// older than 1.12, the model's. It returns nil if the prior identity is another token's.
func (m *serviceUserTokenModel) identityBeside(prior *tfprotov6.ResourceIdentityData) *tfprotov6.ResourceIdentityData {
	var values map[string]tftypes.Value
	if prior != nil && prior.IdentityData != nil {
		raw, err := prior.IdentityData.Unmarshal(identityObject())
		if err != nil || raw.As(&values) != nil {
			return nil
		}
	}
	var id string
	switch {
	case len(values) == 0:
		text := func(s types.String) tftypes.Value { return tftypes.NewValue(tftypes.String, s.ValueStringPointer()) }
		return identityOf(tftypes.NewValue(identityObject(), map[string]tftypes.Value{"id": text(m.ID), "organization_id": text(m.OrganizationID)}))
	case values["id"].As(&id) != nil || !api.SameID(id, m.ID.ValueString()):
		return nil
	}
	return prior
}
