package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// planUnchanged plans a token for which Terraform proposes what state holds, if there is nothing else to say either. It
// returns nil for every other plan: that is the framework's.
//
// Most plans are like this, and the framework takes most of a large plan's time to find it out. What it does comes to three
// things: it plans the defaults of what the configuration leaves out, it asks the plan modifiers (ours keep what is known,
// and here all is), and it asks ModifyPlan. TestPlanUnchanged compares the two.
func (p *safetyCultureProvider) planUnchanged(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	c := p.configured.Load()
	if c == nil || req.TypeName != tokenType || !sameBytes(req.PriorState, req.ProposedNewState) {
		return nil
	}
	private := privateOfPrior()
	if len(req.PriorPrivate) > 0 && !bytes.Equal(req.PriorPrivate, private) {
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
		identity = noIdentity()
	}
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: private, PlannedIdentity: identity}
}

func sameBytes(a, b *tfprotov6.DynamicValue) bool {
	return a != nil && b != nil && len(a.MsgPack) > 0 && bytes.Equal(a.MsgPack, b.MsgPack)
}

// decode reads a value of the protocol. It reports false if there is none, or if there is anything to say of it.
func (m *serviceUserTokenModel) decode(ctx context.Context, value *tfprotov6.DynamicValue) bool {
	if value == nil {
		return false
	}
	raw, err := value.Unmarshal(tokenObject())
	return err == nil && !raw.IsNull() && len(m.get(ctx, raw)) == 0
}

// leavesDefaults reports whether state holds the default of everything that a configuration leaves out.
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

// privateOfPrior is private data with the mark of a prior instance only, as the framework writes it.
var privateOfPrior = sync.OnceValue(func() []byte {
	written, err := json.Marshal(map[string][]byte{priorInstanceKey: []byte("true")})
	if err != nil {
		return nil // no plan has such private data, so that all are the framework's
	}
	return written
})

// noIdentity is what the framework plans for a token that has no identity yet, because Terraform is older than 1.12.
var noIdentity = sync.OnceValue(func() *tfprotov6.ResourceIdentityData {
	kind := tokenIdentitySchema().Type().TerraformType(context.Background())
	none, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	if err != nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: &none}
})
