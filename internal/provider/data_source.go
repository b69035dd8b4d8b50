package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

// dataSource is the common part of all data sources.
type dataSource struct {
	*providerData // nil until the provider is configured
	name          string
}

// Metadata returns the data source's type.
func (d *dataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_" + d.name
}

// Configure stores the provider's data.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.providerData, _ = req.ProviderData.(*providerData)
}
