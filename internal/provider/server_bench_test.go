package provider_test

import (
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// The cost of one token in a plan with nothing to do, without the network: each of Terraform's four requests.
func BenchmarkServer(b *testing.B) {
	p := newQuietPlan(b)
	for name, serve := range p.requests() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if p.runIsOver() {
					b.StopTimer()
					p.newRun()
					b.StartTimer()
				}
				p.provider.Must(serve())
			}
		})
	}
}

// The limits are a tenth above what one token allocated in a plan with nothing to do when this was written. For read and plan,
// the framework allocates ten times as much: see service_user_token_unchanged.go. The test is not parallel, because it counts
// the allocations of the whole process.
func TestServer_allocations(t *testing.T) {
	most := map[string]float64{"validate": 1380, "upgrade": 1230, "read": 460, "plan": 640}
	p := newQuietPlan(t)
	for name, serve := range p.requests() {
		if got := testing.AllocsPerRun(len(p.held)-2, func() { p.provider.Must(serve()) }); got > most[name] {
			t.Errorf("%s: %.0f allocations, at most %.0f", name, got, most[name])
		}
	}
}

// quietPlan sends the requests of a plan with nothing to do for a few tokens. It begins a new run when all tokens were read.
type quietPlan struct {
	t        testing.TB
	settings acctest.Values
	provider *acctest.Provider
	held     []acctest.Instance
	states   []*tfprotov6.DynamicValue
	read     int // how many of them this run has read
}

func newQuietPlan(t testing.TB) *quietPlan {
	t.Helper()
	const tokens = 100
	em := emulator.New(emulator.Options{RateLimit: -1, Tokens: tokens, ActiveTokenLimit: tokens})
	host := httptest.NewServer(em)
	t.Cleanup(host.Close)
	p := &quietPlan{t: t, settings: acctest.Values{"api_token": em.Bearer(), "base_url": host.URL}}
	p.newRun()
	for _, token := range em.ActiveTokens() {
		in, diags := p.provider.Import(t.Context(), token.ID)
		p.provider.NoErrors(diags)
		p.held, p.states = append(p.held, in), append(p.states, p.provider.Dynamic(in.State))
	}
	p.newRun()
	return p
}

// newRun begins a run that has read its list.
func (p *quietPlan) newRun() {
	var diags []*tfprotov6.Diagnostic
	p.provider, diags = acctest.Configure(p.t, provider.Options{Version: "test"}, p.settings)
	p.provider.NoErrors(diags)
	p.read = 0
	if len(p.held) > 0 {
		p.provider.Must(p.requests()["read"]())
	}
}

func (p *quietPlan) runIsOver() bool { return p.read == len(p.held) }

func (p *quietPlan) requests() map[string]func() error {
	config := acctest.Values{"name": p.held[0].Text("name"), "all_permissions": true}
	proposed := p.provider.Dynamic(p.provider.Propose(p.held[0].State, config))
	written := p.provider.Dynamic(acctest.Object(p.provider.ObjectType, config))
	raw := &tfprotov6.RawState{JSON: []byte(`{"id":"x","name":"t","all_permissions":true,"inactivity_expiry_days":45,"status":"active","issued_at":"2026-01-01T12:00:00Z"}`)}
	return map[string]func() error{
		"validate": func() error {
			_, err := p.provider.Server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: acctest.ResourceType, Config: written})
			return err
		},
		"upgrade": func() error {
			_, err := p.provider.Server.UpgradeResourceState(p.t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: acctest.ResourceType, RawState: raw})
			return err
		},
		"read": func() error {
			in, state := p.held[p.read], p.states[p.read]
			p.read++
			_, err := p.provider.Server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: acctest.ResourceType, CurrentState: state, Private: in.Private, CurrentIdentity: in.Identity,
			})
			return err
		},
		"plan": func() error {
			_, err := p.provider.Server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: acctest.ResourceType, PriorState: p.states[0], ProposedNewState: proposed, Config: written, PriorPrivate: p.held[0].Private, PriorIdentity: p.held[0].Identity,
			})
			return err
		},
	}
}
