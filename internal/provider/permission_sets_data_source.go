package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type permissionSetsDataSource struct{ dataSource }

func newPermissionSetsDataSource() datasource.DataSource {
	return &permissionSetsDataSource{dataSource{name: "permission_sets"}}
}

type permissionSetsModel struct {
	Search         types.String         `tfsdk:"search"`
	PermissionSets []permissionSetModel `tfsdk:"permission_sets"`
}

func (d *permissionSetsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the organization's permission sets (the product also calls them global roles) with the permissions that they grant.",
		Attributes: map[string]schema.Attribute{
			"search": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only permission sets that the API finds for this text. How it searches is not documented; to find one by its exact name, use the data source `safetyculture_permission_set`.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"permission_sets": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The permission sets, sorted by name, then id.",
				NestedObject:        schema.NestedAttributeObject{Attributes: permissionSetAttributes()},
			},
		},
	}
}

func (d *permissionSetsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data permissionSetsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	sets, err := d.service.PermissionSets(ctx, data.Search.ValueString())
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot list the permission sets", err)
		return
	}
	data.PermissionSets = []permissionSetModel{}
	for _, set := range sets {
		data.PermissionSets = append(data.PermissionSets, permissionSetOf(set))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
