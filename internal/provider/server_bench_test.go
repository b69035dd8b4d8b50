package provider_test

import (
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// What one token costs the plugin in a plan with nothing to do, without the network: each of Terraform's four requests.
func BenchmarkServer(b *testing.B) {
	em := emulator.New(emulator.Options{RateLimit: -1})
	host := httptest.NewServer(em)
	defer host.Close()
	c, diags := acctest.Configure(b, provider.Options{Version: "test"}, acctest.Values{"api_token": em.Bearer(), "base_url": host.URL})
	c.NoErrors(diags)
	in := c.Create(acctest.Basic)
	state, config := c.Dynamic(in.State), c.Dynamic(acctest.Object(c.ObjectType, acctest.Basic))
	proposed := c.Dynamic(c.Propose(in.State, acctest.Basic))
	raw := &tfprotov6.RawState{JSON: []byte(`{"id":"x","name":"t","all_permissions":true,"inactivity_expiry_days":45,"status":"active","issued_at":"2026-01-01T12:00:00Z"}`)}
	for name, serve := range map[string]func() error{
		"validate": func() error {
			_, err := c.Server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: acctest.ResourceType, Config: config})
			return err
		},
		"upgrade": func() error {
			_, err := c.Server.UpgradeResourceState(b.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: acctest.ResourceType, RawState: raw})
			return err
		},
		"read": func() error {
			_, err := c.Server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{TypeName: acctest.ResourceType, CurrentState: state, Private: in.Private, CurrentIdentity: in.Identity})
			return err
		},
		"plan": func() error {
			_, err := c.Server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: acctest.ResourceType, PriorState: state, ProposedNewState: proposed, Config: config, PriorPrivate: in.Private, PriorIdentity: in.Identity,
			})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Must(serve())
			}
		})
	}
}
