package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// nothingName is a plugin that does nothing: what is left of a plan's time with it is what Terraform and its plugin
// libraries take for any plugin. Under this name this program is that plugin.
const nothingName = "terraform-provider-nothing"

const nothingSource = "example/nothing"

// nothingBlock are n resources of the plugin that does nothing.
func nothingBlock(n int) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    nothing = { source = %q }\n  }\n}\n\nresource \"nothing_thing\" \"test\" {\n  count = %d\n  name  = format(\"integration-%%04d\", count.index + 1)\n}\n", nothingSource, n)
}

// serveNothing serves the plugin until Terraform is done with it. Like the provider's, it writes no log that nobody reads.
func serveNothing() error {
	if err := os.Setenv("TF_LOG_SDK", "OFF"); err != nil {
		return err
	}
	return tf6server.Serve("registry.terraform.io/"+nothingSource, func() tfprotov6.ProviderServer { return providerserver.NewProtocol6(nothing{})() })
}

type nothing struct{}

func (nothing) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "nothing"
}
func (nothing) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (nothing) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (nothing) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (nothing) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return thing{} }}
}

// thing is a resource that keeps its one argument.
type thing struct{}

func (thing) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "nothing_thing"
}

func (thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"name": schema.StringAttribute{Required: true}}}
}

func (thing) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (thing) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (thing) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = req.Plan.Raw
}

func (thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
