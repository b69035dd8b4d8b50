package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type serviceUserTokenDataSource struct{ dataSource }

func newServiceUserTokenDataSource() datasource.DataSource {
	return &serviceUserTokenDataSource{dataSource{name: "service_user_token"}}
}

func (d *serviceUserTokenDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := listedTokenAttributes()
	attributes["id"] = idArgument("The token's id.")
	attributes["name"] = nameArgument("The token's exact name: finds the only active token with that name or, if none is active, the only inactive one. During a rotation with `create_before_destroy`, two are active: for a token that this configuration manages, use `id`.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one service user token, by id or by name, without its secret. All look-ups of a run share one list of the active tokens; the run lists all tokens too only if it needs them.",
		Attributes:          attributes,
	}
}

// idArgument and nameArgument are the two ways to choose a thing. A configuration sets exactly one of them.
func idArgument(description string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + " Exactly one of `id` and `name` must be set.",
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))},
	}
}

func nameArgument(description string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		MarkdownDescription: description + " If several match, the error lists their ids.",
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

// namedBy returns the id or name by which a configuration chooses a thing, for an error.
func namedBy(id, name types.String) string {
	if id.ValueString() != "" {
		return quoted(id.ValueString())
	}
	return "named " + quoted(name.ValueString())
}

// Read takes the token from the run's list.
func (d *serviceUserTokenDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data listedServiceUserToken
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := d.service.Find(ctx, data.ID.ValueString(), data.Name.ValueString())
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot read token "+namedBy(data.ID, data.Name), err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, listedOf(found))...)
}
