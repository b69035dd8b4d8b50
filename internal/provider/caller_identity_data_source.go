package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type callerIdentityDataSource struct{ dataSource }

func newCallerIdentityDataSource() datasource.DataSource {
	return &callerIdentityDataSource{dataSource{name: "caller_identity"}}
}

type callerIdentityModel struct {
	UserID         types.String `tfsdk:"user_id"`
	OrganizationID types.String `tfsdk:"organization_id"`
	FirstName      types.String `tfsdk:"first_name"`
	LastName       types.String `tfsdk:"last_name"`
}

func (d *callerIdentityDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Shows who owns the provider's API token. Reading it is a call made with that token, so it counts as use and restarts the token's inactivity clock.",
		Attributes: map[string]schema.Attribute{
			"user_id":         textAttribute("The user or service user that the token acts as."),
			"organization_id": textAttribute("The organization that the token belongs to."),
			"first_name":      textAttribute("The user's first name; empty if there is none."),
			"last_name":       textAttribute("The user's last name; empty if there is none."),
		},
	}
}

func (d *callerIdentityDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	caller, err := d.service.Caller(ctx)
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot read the caller's identity", err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, callerIdentityModel{
		UserID: types.StringValue(caller.UserID), OrganizationID: types.StringValue(caller.OrganizationID),
		FirstName: types.StringValue(caller.FirstName), LastName: types.StringValue(caller.LastName),
	})...)
}
