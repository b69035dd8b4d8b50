package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// nothingName is a plugin that does nothing, with the provider's own schema: what a run takes with it is what Terraform and
// its plugin libraries take for these attributes, defaults and validators, and what the provider takes above that is its
// own. Under this name this program is that plugin. Terraform takes what follows an underscore for no part of the type.
const nothingName = providerName + "_nothing"

// serveNothing serves the plugin until Terraform is done with it. Like the provider, it writes no log that nobody reads, and
// collects garbage as often.
func serveNothing() error {
	provider.CollectLessOften(os.Getenv, debug.SetGCPercent)
	if err := provider.QuietLogs(os.Getenv, os.Setenv); err != nil {
		return err
	}
	schemas, ok := provider.New(provider.Options{})().(wholeProvider)
	if !ok {
		return fmt.Errorf("%T lacks a part", provider.New(provider.Options{})())
	}
	return tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer { return providerserver.NewProtocol6(nothing{schemas})() })
}

// wholeProvider is all that has a schema in the provider.
type wholeProvider interface {
	framework.ProviderWithEphemeralResources
	framework.ProviderWithListResources
	framework.ProviderWithActions
}

// nothing is the provider, but its resources do nothing.
type nothing struct{ wholeProvider }

func (nothing) Configure(context.Context, framework.ConfigureRequest, *framework.ConfigureResponse) {}

func (n nothing) Resources(ctx context.Context) []func() resource.Resource {
	var idle []func() resource.Resource
	for _, of := range n.wholeProvider.Resources(ctx) {
		idle = append(idle, func() resource.Resource { return thing{of().(resource.ResourceWithIdentity)} })
	}
	return idle
}

// schemaOf is the part of a resource that says what it looks like.
type schemaOf interface {
	Metadata(context.Context, resource.MetadataRequest, *resource.MetadataResponse)
	Schema(context.Context, resource.SchemaRequest, *resource.SchemaResponse)
	IdentitySchema(context.Context, resource.IdentitySchemaRequest, *resource.IdentitySchemaResponse)
}

// thing is a resource that keeps what it is told.
type thing struct{ schemaOf }

// invented is the value of every text that only a service could know. It is a time because some of them are times.
const invented = "2026-03-01T12:00:00Z"

func (thing) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	state, err := tftypes.Transform(req.Plan.Raw, invent)
	if err != nil {
		resp.Diagnostics.AddError("Cannot invent a state", err.Error())
		return
	}
	resp.State.Raw = state
	identify(ctx, resp.Identity)
}

// invent gives a value to what is known only after apply, or null.
func invent(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
	switch {
	case v.IsKnown():
		return v, nil
	case v.Type().Is(tftypes.String):
		return tftypes.NewValue(tftypes.String, invented), nil
	case v.Type().Is(tftypes.Bool):
		return tftypes.NewValue(tftypes.Bool, false), nil
	default:
		return tftypes.NewValue(v.Type(), nil), nil
	}
}

func (thing) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	identify(ctx, resp.Identity)
}

// identify gives an identity to what has none: Terraform keeps them since 1.12, and the framework asks for one at once.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity) {
	if !identity.Raw.IsFullyNull() {
		return
	}
	attributes := map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, invented), "organization_id": tftypes.NewValue(tftypes.String, nil)}
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), attributes)
}

func (thing) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
