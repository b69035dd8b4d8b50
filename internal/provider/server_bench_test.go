package provider_test

import (
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// What one token costs the plugin in a plan with nothing to do, without the network: each of Terraform's four requests.
func BenchmarkServer(b *testing.B) {
	em := emulator.New(emulator.Options{RateLimit: -1})
	host := httptest.NewServer(em)
	defer host.Close()
	c, diags := configure(b, provider.Options{Version: "test"}, values{"api_token": em.Bearer(), "base_url": host.URL})
	c.clean(diags)
	in := c.create(basic)
	state, config := c.dynamic(in.state), c.dynamic(object(c.kind, basic))
	proposed := c.dynamic(c.propose(in.state, basic))
	raw := &tfprotov6.RawState{JSON: []byte(`{"id":"x","name":"t","all_permissions":true,"inactivity_expiry_days":45,"status":"active","issued_at":"2026-01-01T12:00:00Z"}`)}
	for name, serve := range map[string]func() error{
		"validate": func() error {
			_, err := c.server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: resourceType, Config: config})
			return err
		},
		"upgrade": func() error {
			_, err := c.server.UpgradeResourceState(b.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: resourceType, RawState: raw})
			return err
		},
		"read": func() error {
			_, err := c.server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{TypeName: resourceType, CurrentState: state, Private: in.private, CurrentIdentity: in.identity})
			return err
		},
		"plan": func() error {
			_, err := c.server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: resourceType, PriorState: state, ProposedNewState: proposed, Config: config, PriorPrivate: in.private, PriorIdentity: in.identity,
			})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.must(serve())
			}
		})
	}
}
