package provider_test

import (
	"context"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// A provider keeps nothing of thousands of requests that it has served.
func TestServer_letsGoOfRequests(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	c := e.NewProvider()
	in := c.Create(acctest.Basic)
	state, config := c.Dynamic(in.State), c.Dynamic(acctest.Object(c.ObjectType, acctest.Basic))
	renamed := acctest.With(acctest.Basic, acctest.Values{"name": "renamed"})
	proposed, written := c.Dynamic(c.Propose(in.State, renamed)), c.Dynamic(acctest.Object(c.ObjectType, renamed))
	const dataSourceType = "safetyculture_caller_identity"
	kind := acctest.Schemas().DataSourceSchemas[dataSourceType].ValueType().(tftypes.Object)
	query := acctest.Dynamic(t, kind, acctest.Object(kind, nil))
	raw := &tfprotov6.RawState{JSON: []byte(`{"name":"t"}`)}
	for name, serve := range map[string]func(context.Context) error{
		"validate": func(ctx context.Context) error {
			_, err := c.Server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: acctest.ResourceType, Config: config})
			return err
		},
		"upgrade": func(ctx context.Context) error {
			_, err := c.Server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: acctest.ResourceType, RawState: raw})
			return err
		},
		"read": func(ctx context.Context) error {
			_, err := c.Server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: acctest.ResourceType, CurrentState: state})
			return err
		},
		"import": func(ctx context.Context) error {
			_, err := c.Server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: acctest.ResourceType, ID: "name:" + e.OnlyToken().Name})
			return err
		},
		"plan": func(ctx context.Context) error {
			_, err := c.Server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: acctest.ResourceType, PriorState: state, ProposedNewState: proposed, Config: written})
			return err
		},
		"validate a data source": func(ctx context.Context) error {
			_, err := c.Server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: dataSourceType, Config: query})
			return err
		},
		"read a data source": func(ctx context.Context) error {
			_, err := c.Server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: dataSourceType, Config: query})
			return err
		},
		"apply": func(ctx context.Context) error {
			_, err := c.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: acctest.ResourceType, PriorState: state, PlannedState: state, Config: config})
			return err
		},
	} {
		if left := keptContexts(t, serve); left > 1 { // the last one may still be on the stack
			t.Errorf("%s: %d of 50 contexts are kept", name, left)
		}
	}
}

// The framework itself still keeps them. If this fails, letGo and requestContext are not needed any more.
func TestServer_theFrameworkKeepsRequests(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	framework := providerserver.NewProtocol6(provider.New(e.Options())())()
	left := keptContexts(t, func(ctx context.Context) error {
		_, err := framework.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: acctest.ResourceType, RawState: &tfprotov6.RawState{JSON: []byte(`{"name":"t"}`)}})
		return err
	})
	if left < 50 {
		t.Errorf("the framework keeps %d of 50 contexts", left)
	}
	runtime.KeepAlive(framework)
}

// keptContexts serves 50 requests and returns how many of their contexts are still kept.
func keptContexts(t *testing.T, serve func(context.Context) error) int {
	t.Helper()
	type key struct{}
	var kept []weak.Pointer[[1 << 16]byte]
	for range 50 {
		carried := new([1 << 16]byte)
		kept = append(kept, weak.Make(carried))
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, carried))
		if err := serve(ctx); err != nil {
			t.Fatal(err)
		}
		cancel() // as the protocol's server does with every request that has ended
	}
	runtime.GC()
	left := 0
	for _, p := range kept {
		if p.Value() != nil {
			left++
		}
	}
	return left
}

// Terraform's stop reaches a request that is under way.
func TestServer_stops(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider().Create(acctest.Basic)
	c := e.NewProvider()
	e.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Before: func() {
		_, err := c.Server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{})
		e.Must(err)
	}})
	_, diags := c.Read(in)
	acctest.ExpectContains(t, acctest.Errors(diags), "Context canceled")
}
