package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

type userTokensDataSource struct{ dataSource }

func newUserTokensDataSource() datasource.DataSource {
	return &userTokensDataSource{dataSource{name: "user_tokens"}}
}

type userTokensModel struct {
	UserID      types.String      `tfsdk:"user_id"`
	Tokens      []listedUserToken `tfsdk:"tokens"`
	ActiveCount types.Int64       `tfsdk:"active_count"`
	ActiveLimit types.Int64       `tfsdk:"active_limit"`
}

type listedUserToken struct {
	ID         types.String      `tfsdk:"id"`
	Name       types.String      `tfsdk:"name"`
	UserID     types.String      `tfsdk:"user_id"`
	Status     types.String      `tfsdk:"status"`
	CreatedAt  timetypes.RFC3339 `tfsdk:"created_at"`
	LastUsedAt timetypes.RFC3339 `tfsdk:"last_used_at"`
	ExpiresAt  timetypes.RFC3339 `tfsdk:"expires_at"`
}

func (d *userTokensDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the API tokens of one person, without their secrets. A person can have at most 10 active ones. They act with the person's permissions and stop working with the person's account, so do not use one for anything that must last.",
		Attributes: map[string]schema.Attribute{
			"user_id": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "The person's user id. Default: the owner of the provider's API token. Listing the tokens of others needs the permission *Platform management: Organization*.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"tokens": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The tokens, sorted by name, then id.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":           textAttribute("The token's id."),
					"name":         textAttribute("The token's name."),
					"user_id":      textAttribute("The person that the token acts as."),
					"status":       textAttribute("`active`, `revoked` or `expired`."),
					"created_at":   timeAttribute("When the token was created"),
					"last_used_at": timeAttribute("When it was last used; null if never"),
					"expires_at":   timeAttribute("When it will expire unless somebody uses it"),
				}},
			},
			"active_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many active tokens the person has."},
			"active_limit": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many the person may have."},
		},
	}
}

func (d *userTokensDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data userTokensModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	if resp.Diagnostics.HasError() {
		return
	}
	owner, list, err := d.service.UserTokens(ctx, data.UserID.ValueString())
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot list the user tokens", err)
		return
	}
	data = userTokensModel{
		UserID: types.StringValue(owner), Tokens: []listedUserToken{},
		ActiveCount: types.Int64Value(list.ActiveCount), ActiveLimit: types.Int64Value(list.ActiveLimit),
	}
	for _, t := range list.Tokens {
		data.Tokens = append(data.Tokens, listedUserToken{
			ID: types.StringValue(t.ID), Name: types.StringValue(t.Name), UserID: types.StringValue(t.UserID),
			Status: types.StringValue(string(tokens.StatusWord(t.Status))), CreatedAt: timeValue(t.CreatedAt),
			LastUsedAt: timeOrNull(t.LastUsedAt), ExpiresAt: timeValue(t.ExpiresAt),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
