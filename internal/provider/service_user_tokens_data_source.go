package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type serviceUserTokensDataSource struct{ dataSource }

func newServiceUserTokensDataSource() datasource.DataSource {
	return &serviceUserTokensDataSource{dataSource{name: "service_user_tokens"}}
}

// serviceUserTokensModel is the data source in configuration and state.
type serviceUserTokensModel struct {
	Statuses types.Set `tfsdk:"statuses"`
	tokenFilterModel
	Tokens      []listedServiceUserToken `tfsdk:"tokens"`
	ActiveCount types.Int64              `tfsdk:"active_count"`
	ActiveLimit types.Int64              `tfsdk:"active_limit"`
	Remaining   types.Int64              `tfsdk:"remaining"`
}

func (d *serviceUserTokensDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the organization's service user tokens, without their secrets. All arguments are optional, and a token must fit all that are set. A run requests the list of all tokens once, for all its data sources and queries. If it also looks up single tokens, it can request the list of the active tokens too.",
		Attributes: map[string]schema.Attribute{
			"statuses":            schema.SetAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: statusesDescription + ".", Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(oneOfStatuses())}},
			"name_regex":          schema.StringAttribute{Optional: true, MarkdownDescription: nameRegexDescription, Validators: nameRegexValidators()},
			"permission_set_id":   schema.StringAttribute{Optional: true, MarkdownDescription: permissionSetIDDescription, Validators: permissionSetIDValidators()},
			"unused_for_days":     schema.Int64Attribute{Optional: true, MarkdownDescription: unusedForDaysDescription, Validators: daysValidators()},
			"expires_within_days": schema.Int64Attribute{Optional: true, MarkdownDescription: expiresWithinDaysDescription, Validators: daysValidators()},
			"tokens": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The tokens, sorted by name, then id.",
				NestedObject:        schema.NestedAttributeObject{Attributes: listedTokenAttributes()},
			},
			"active_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many active service user tokens the organization has, whatever the arguments choose."},
			"active_limit": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many it may have."},
			"remaining":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many more it may have: `active_limit` less `active_count`, never below 0."},
		},
	}
}

// Read takes the tokens from the run's list of all tokens.
func (d *serviceUserTokensDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data serviceUserTokensModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	filter := data.filter(data.Statuses.Elements(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	list, err := d.service.List(ctx)
	if err != nil {
		d.addError(&resp.Diagnostics, "Cannot list the service user tokens", err)
		return
	}
	now := d.service.Now()
	data.Tokens = []listedServiceUserToken{}
	for _, t := range list.Tokens {
		if filter.Matches(t, now) {
			data.Tokens = append(data.Tokens, listedOf(t))
		}
	}
	data.ActiveCount = types.Int64Value(list.ActiveCount)
	data.ActiveLimit = types.Int64Value(list.ActiveLimit)
	data.Remaining = types.Int64Value(max(0, list.ActiveLimit-list.ActiveCount))
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}
