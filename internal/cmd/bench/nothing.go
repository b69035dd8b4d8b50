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

// nothingName is the name of a plugin that has the provider's schema and does nothing. A run with it shows the cost of Terraform
// and its plugin libraries for these attributes, defaults and validators; the rest is the cost of the provider itself. A copy of
// this program with this name is that plugin. Terraform ignores the underscore and what follows it.
const nothingName = providerName + "_nothing"

// serveNothing serves the plugin until Terraform stops it. It has the provider's settings for logs and garbage collection.
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

// wholeProvider has all parts of the provider that have a schema.
type wholeProvider interface {
	framework.ProviderWithEphemeralResources
	framework.ProviderWithListResources
	framework.ProviderWithActions
}

// nothing is the provider with resources that do nothing.
type nothing struct{ wholeProvider }

func (nothing) Configure(context.Context, framework.ConfigureRequest, *framework.ConfigureResponse) {}

func (n nothing) Resources(ctx context.Context) []func() resource.Resource {
	var idle []func() resource.Resource
	for _, of := range n.wholeProvider.Resources(ctx) {
		idle = append(idle, func() resource.Resource { return inert{of().(resource.ResourceWithIdentity)} })
	}
	return idle
}

// schemaOf is the part of a resource that returns its schemas.
type schemaOf interface {
	Metadata(context.Context, resource.MetadataRequest, *resource.MetadataResponse)
	Schema(context.Context, resource.SchemaRequest, *resource.SchemaResponse)
	IdentitySchema(context.Context, resource.IdentitySchemaRequest, *resource.IdentitySchemaResponse)
}

// inert is a resource that stores the planned values and does nothing else.
type inert struct{ schemaOf }

// invented is the value of every text that a service would compute. It is a time, because some of the texts are times.
const invented = "2026-03-01T12:00:00Z"

func (inert) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	state, err := tftypes.Transform(req.Plan.Raw, invent)
	if err != nil {
		resp.Diagnostics.AddError("Cannot invent a state", err.Error())
		return
	}
	resp.State.Raw = state
	identify(ctx, resp.Identity)
}

// invent replaces a value that is known only after apply by an invented one, or by null.
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

func (inert) Read(ctx context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	identify(ctx, resp.Identity)
}

// identify sets an identity if there is none: Terraform keeps identities since 1.12, and the framework requires one at once.
func identify(ctx context.Context, identity *tfsdk.ResourceIdentity) {
	if !identity.Raw.IsFullyNull() {
		return
	}
	attributes := map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, invented), "organization_id": tftypes.NewValue(tftypes.String, nil)}
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), attributes)
}

func (inert) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (inert) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
