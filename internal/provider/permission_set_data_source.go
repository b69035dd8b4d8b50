package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

type permissionSetDataSource struct{ dataSource }

func newPermissionSetDataSource() datasource.DataSource {
	return &permissionSetDataSource{dataSource{name: "permission_set"}}
}

// permissionSetModel is a permission set in a data source.
type permissionSetModel struct {
	ID          types.String      `tfsdk:"id"`
	Name        types.String      `tfsdk:"name"`
	Type        types.String      `tfsdk:"type"`
	Description types.String      `tfsdk:"description"`
	ModifiedAt  timetypes.RFC3339 `tfsdk:"modified_at"`
	Permissions types.Set         `tfsdk:"permissions"`
}

func permissionSetAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":          textAttribute("The permission set's id: what `permission_set_ids` of a token takes."),
		"name":        textAttribute("Its name."),
		"type":        textAttribute("Its type, as the API writes it."),
		"description": textAttribute("Its description."),
		"modified_at": timeAttribute("When it was last modified; null if the API does not say"),
		"permissions": schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The names of the permissions that it grants, as the API writes them. The vendor does not document these names: read them here before you rely on one."},
	}
}

func permissionSetOf(set api.PermissionSet) permissionSetModel {
	return permissionSetModel{
		ID: types.StringValue(set.ID), Name: types.StringValue(set.Name), Type: types.StringValue(set.Type),
		Description: types.StringValue(set.Description), ModifiedAt: timeValue(set.ModifiedAt), Permissions: stringSet(set.Permissions),
	}
}

func (d *permissionSetDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := permissionSetAttributes()
	attributes["id"] = idArgument("The permission set's id: what `permission_set_ids` of a token takes.")
	attributes["name"] = nameArgument("Its exact name.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one permission set (the product also calls it a global role), by id or by name, with the permissions that it grants.",
		Attributes:          attributes,
	}
}

func (d *permissionSetDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data permissionSetModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	set, err := d.service.PermissionSet(ctx, data.ID.ValueString(), data.Name.ValueString())
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot read permission set "+namedBy(data.ID, data.Name), err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, permissionSetOf(set))...)
}
