package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

// dataSource is what all data sources share: the rest of their type's name, and the configured provider.
type dataSource struct {
	*providerData // nil until the provider is configured
	name          string
}

// Metadata says the data source's type.
func (d *dataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_" + d.name
}

// Configure takes over the configured provider.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.providerData, _ = req.ProviderData.(*providerData)
}
