package provider_test

import (
	"context"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A provider that serves thousands of requests keeps nothing of those that it has answered.
func TestServer_letsGoOfRequests(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	c := e.newCore(nil)
	in := c.create(basic)
	state, config := c.dynamic(in.state), c.dynamic(object(c.kind, basic))
	const dataSourceType = "safetyculture_caller_identity"
	schemas, err := c.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	e.must(err)
	kind := schemas.DataSourceSchemas[dataSourceType].ValueType().(tftypes.Object)
	query := dynamic(t, kind, object(kind, nil))
	raw := &tfprotov6.RawState{JSON: []byte(`{"name":"t"}`)}
	type key struct{}
	for name, serve := range map[string]func(context.Context) error{
		"validate": func(ctx context.Context) error {
			_, err := c.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: resourceType, Config: config})
			return err
		},
		"upgrade": func(ctx context.Context) error {
			_, err := c.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: resourceType, RawState: raw})
			return err
		},
		"read": func(ctx context.Context) error {
			_, err := c.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: resourceType, CurrentState: state})
			return err
		},
		"import": func(ctx context.Context) error {
			_, err := c.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: resourceType, ID: "name:" + e.only().Name})
			return err
		},
		"plan": func(ctx context.Context) error {
			_, err := c.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: resourceType, PriorState: state, ProposedNewState: state, Config: config})
			return err
		},
		"validate a data source": func(ctx context.Context) error {
			_, err := c.server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: dataSourceType, Config: query})
			return err
		},
		"read a data source": func(ctx context.Context) error {
			_, err := c.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: dataSourceType, Config: query})
			return err
		},
		"apply": func(ctx context.Context) error {
			_, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: resourceType, PriorState: state, PlannedState: state, Config: config})
			return err
		},
	} {
		var kept []weak.Pointer[[1 << 16]byte]
		for range 50 {
			carried := new([1 << 16]byte)
			kept = append(kept, weak.Make(carried))
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, carried))
			e.must(serve(ctx))
			cancel() // as the protocol's server does with every request that it has answered
		}
		runtime.GC()
		left := 0
		for _, p := range kept {
			if p.Value() != nil {
				left++
			}
		}
		if left > 1 { // the last one may still be on the stack
			t.Errorf("%s: %d of %d contexts are kept", name, left, len(kept))
		}
	}
}

// Terraform's stop reaches a request that is under way.
func TestServer_stops(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	in := e.newCore(nil).create(basic)
	c := e.newCore(nil)
	e.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Before: func() {
		_, err := c.server.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{})
		e.must(err)
	}})
	_, diags := c.read(in)
	mentions(t, errorsOf(diags), "Context canceled")
}
